#include "engine/program/questions.hpp"

#include "engine/program/steps.hpp"

#include <algorithm>
#include <atomic>

namespace dqrewrite::program {

uint64_t next_program_number() {
    static std::atomic<uint64_t> last = 0;
    return ++last;
}

namespace {

using Form = Expression::Form;
using Kind = Expression::Kind;

constexpr size_t most_keys = 8;  // which a reader tells apart, see MetadataReader

// Whose metadata an expression asks for, and nothing else: of one variable, or of none, as constants do.
struct Asked {
    bool alone = false;
    VariableId variable = no_variable;
};
constexpr Asked nobody{true, no_variable};
constexpr Asked more{};

Asked together(Asked a, Asked b) {
    if (!a.alone || !b.alone) return more;
    if (a.variable == no_variable) return b;
    return b.variable == no_variable || a.variable == b.variable ? a : more;
}

class QuestionFinder {
public:
    explicit QuestionFinder(Program& program) : program_(program) {
        asked_.reserve(program.expressions.size());
        for (const Expression& e : program.expressions) asked_.push_back(derive(e));
    }

    void find() {
        for (const Rule& rule : program_.rules)
            for (const Clause& clause : rule.clauses)
                if (clause.kind != Clause::Kind::let && clause.pattern == no_pattern) judged(clause.expression);
        for (const Statement& statement : program_.statements) {
            if (statement.kind == Statement::Kind::if_) judged(statement.operands[0]);
            if (statement.kind == Statement::Kind::for_ && statement.operands.size() > 1)
                judged(statement.operands[1]);
        }
        for (const Pass& pass : program_.passes)
            for_each_step(pass.steps, [&](const Step& step) { judged(step.expression); });
        for (size_t i = 0; i < program_.expressions.size(); ++i)
            for (const Expression::Loop& loop : program_.expressions[i].loops)
                for (const ExpressionId filter : loop.filters) judged(filter);
        program_.asks_more_of_meta = asks_more();
    }

private:
    Expression& at(ExpressionId id) { return program_.expressions[static_cast<size_t>(id)]; }
    Asked asked(ExpressionId id) const { return asked_[static_cast<size_t>(id)]; }

    // -- whose metadata: children come before what they are children of

    Asked derive(const Expression& e) const {
        switch (e.kind) {
        case Kind::constant: return nobody;
        case Kind::attribute: return of_path(e);
        case Kind::define: return of_define(e);
        case Kind::is:
        case Kind::is_not: {
            const bool literal = e.pattern != no_pattern && program_[e.pattern].kind == Pattern::Kind::literal;
            return literal ? of_children(e) : more;
        }
        case Kind::call: return e.function == Function::len ? of_children(e) : more;
        case Kind::compare:
        case Kind::not_:
        case Kind::and_:
        case Kind::or_:
        case Kind::conditional:
        case Kind::list:
        case Kind::tuple: return of_children(e);
        default: return more;
        }
    }

    Asked of_children(const Expression& e) const {
        Asked all = nobody;
        for (const ExpressionId child : e.children) all = together(all, asked(child));
        return all;
    }

    // A word that means something else behind a node asks for more than metadata where a value on the path is a node.
    Asked of_path(const Expression& e) const {
        if (e.form != Form::meta_path || e.field != Field::none) return more;
        const bool first = e.keys.size() == 1;
        return first ? Asked{true, e.variable} : asked(e.children[0]);
    }

    // `f(n)`, where the body of `f` asks for the metadata of its one parameter.
    Asked of_define(const Expression& e) const {
        if (e.form != Form::plain_define || e.children.size() != 1) return more;
        const Expression& argument = program_[e.children[0]];
        const auto body = static_cast<size_t>(program_[e.define].body);
        if (body >= asked_.size() || !asked_[body].alone || asked_[body].variable != VariableId{0}) return more;
        return argument.kind == Kind::variable ? Asked{true, argument.variable} : more;
    }

    // -- questions

    // An expression of which the truth is asked.
    void judged(ExpressionId id) {
        if (id == no_expression || at(id).question != no_question) return;
        if (asked(id).alone) {
            if (asked(id).variable != no_variable) add(id);
            return;
        }
        const Kind kind = at(id).kind;
        if (kind == Kind::and_ || kind == Kind::or_ || kind == Kind::not_)
            for (const ExpressionId child : at(id).children) judged(child);
    }

    void add(ExpressionId id) {
        Expression& e = at(id);
        const MetaQuestion question = e.kind == Kind::define ? MetaQuestion{program_[e.define].body, VariableId{0}}
                                                             : MetaQuestion{id, asked(id).variable};
        auto& all = program_.questions;
        size_t number = 0;
        while (number < all.size() && all[number].expression != question.expression) ++number;
        if (number == all.size()) {
            if (number == MetaAnswers::most_questions || !add_keys(id)) return;
            all.push_back(question);
        }
        e.question = static_cast<uint32_t>(number);
        e.asked = asked(id).variable;
    }

    bool add_keys(ExpressionId question) {
        std::vector<std::string> all = program_.question_keys;
        std::vector<bool> entered(program_.defines.size());
        collect_keys(question, entered, all);
        if (all.size() > most_keys) return false;
        program_.question_keys = std::move(all);
        return true;
    }

    // No more than are too many; and each define is entered once, for defines that use defines may be very many.
    void collect_keys(ExpressionId id, std::vector<bool>& entered, std::vector<std::string>& keys) {
        if (keys.size() > most_keys) return;
        const Expression& e = at(id);
        if (e.kind == Kind::attribute) {
            if (std::ranges::find(keys, e.keys[0]) == keys.end()) keys.push_back(e.keys[0]);
        } else if (e.kind == Kind::define) {
            if (entered[static_cast<size_t>(e.define)]) return;
            entered[static_cast<size_t>(e.define)] = true;
            collect_keys(program_[e.define].body, entered, keys);
        } else {
            for (const ExpressionId child : e.children) collect_keys(child, entered, keys);
        }
    }

    // Whether metadata is read outside of questions.
    bool asks_more() {
        std::vector<bool> in_question(program_.expressions.size());
        for (const MetaQuestion& question : program_.questions) mark(question.expression, in_question);
        for (size_t i = 0; i < program_.expressions.size(); ++i) {
            const Expression& e = program_.expressions[i];
            if (e.kind == Kind::attribute && e.field == Field::meta && !in_question[i]) return true;
        }
        return false;
    }

    void mark(ExpressionId id, std::vector<bool>& in_question) {
        if (in_question[static_cast<size_t>(id)]) return;
        in_question[static_cast<size_t>(id)] = true;
        for (const ExpressionId child : at(id).children) mark(child, in_question);
        if (at(id).kind == Kind::define) mark(program_[at(id).define].body, in_question);
    }

    Program& program_;
    std::vector<Asked> asked_;  // by ExpressionId
};

}  // namespace

void find_questions(Program& program) {
    QuestionFinder(program).find();
}

}  // namespace dqrewrite::program
