// Calls against the schemas of their ops: in patterns, inserts and test graphs, and `n.x`. What a kind of node takes.
//
// PyTorch's graphs also have calls that do not fit their schema, and patterns match them; what is an error here
// is what no one writes on purpose.

#include "engine/program/checker.hpp"
#include "engine/program/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

std::string plural(size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::vector<std::string_view> names_of(const Schema& schema) {
    std::vector<std::string_view> names;
    for (const SchemaArgument& each : schema.arguments) names.push_back(each.name);
    return names;
}

// What a graph holds where such a literal is passed; empty where it holds the literal.
std::string stored_instead(const ArgumentType& type, const Facts& literal) {
    using K = Facts::Kind;
    if (type.is_list && !type.one_for_all) return {};
    if (type.base == "bool" && literal.kind == K::integer) return "write True or False";
    if ((type.base == "int" || type.base == "SymInt") && literal.kind == K::boolean) return "write a whole number";
    if (type.base == "Device" && literal.kind == K::text) return "write device(\"cpu\")";
    return {};
}

// Words of FX and of tensors, and what says the same here.
std::string_view field_meant(std::string_view word) {
    constexpr std::pair<std::string_view, std::string_view> words[] = {
        {"all_input_nodes", "inputs"}, {"input_nodes", "inputs"},         {"metadata", "meta"},
        {"val", "meta.val"},           {"shape", "meta.val.shape"},       {"dtype", "meta.val.dtype"},
        {"device", "meta.val.device"}, {"ndim", "len(n.meta.val.shape)"}, {"stack_trace", "meta.stack_trace"}};
    const auto* found = std::ranges::find(words, word, &std::pair<std::string_view, std::string_view>::first);
    return found == std::end(words) ? "" : found->second;
}

}  // namespace

// `nodes` are the arguments as written, `arguments` what they became.
Checker::GivenCall Checker::given_call(Location callee, std::span<const syntax::NodeId> nodes,
                                       std::span<const ExpressionId> arguments) const {
    GivenCall call{callee, {}, false, false};
    for (size_t i = 0; i < nodes.size(); ++i) {
        GivenArgument given;
        given.location = kind(nodes[i]) == Kind::keyword ? word_location(nodes[i]) : location(nodes[i]);
        given.expression = arguments[i];
        given.unplaced = call.open;
        switch (kind(nodes[i])) {
        case Kind::star_item:
        case Kind::double_star: call.open = true; continue;
        case Kind::keyword:
            given.name = word(nodes[i]);
            given.expression = program_[arguments[i]].children[0];
            break;
        default: break;
        }
        call.arguments.push_back(given);
    }
    return call;
}

void Checker::check_call(const GivenCall& call, std::span<const OpId> ops) {
    std::set<std::string_view> names;
    for (const GivenArgument& given : call.arguments)
        if (!given.name.empty() && !names.insert(given.name).second)
            report(codes::repeated_argument, given.location,
                   fmt::format("argument \"{}\" is given twice", given.name));
    if (call.arguments.empty() && call.open) return;
    // One op that has no such arguments is enough to say so. A literal is wrong where no op takes it.
    std::vector<Misfits> misfits(call.arguments.size());
    for (OpId op : ops)
        if (!check_call(call, op, misfits)) return;
    for (const Misfits& each : misfits) {
        if (!each.taken)
            for (const auto& [location, message] : each.reports) report(codes::literal_type, location, message);
        else if (!each.stored)
            for (const auto& [location, message] : each.doubts) warn(codes::literal_type, location, message);
    }
}

bool Checker::check_call(const GivenCall& call, OpId op, std::vector<Misfits>& misfits) {
    const Schema* known = schema(op);
    if (!known || known->vararg) {
        for (Misfits& each : misfits) each.taken = each.stored = true;
        return true;
    }
    std::vector<bool> is_given(known->arguments.size());
    size_t position = 0;
    bool fits = true;
    for (const GivenArgument& given : call.arguments) {
        size_t index = given.name.empty() ? position++ : known->find(given.name);
        if (given.name.empty() && index >= known->positional) {
            report_surplus(given, *known, op);
            return false;
        }
        if (index == Schema::npos) {
            report_unknown_argument(given, *known, op);
            fits = false;
            continue;
        }
        if (given.unplaced && given.name.empty()) continue;
        Misfits& misfit = misfits[static_cast<size_t>(&given - call.arguments.data())];
        // What is given twice by name was said before.
        if (!given.name.empty() && is_given[index] && index < position) {
            report(codes::repeated_argument, given.location,
                   fmt::format("argument \"{}\" of {} is given by position already", given.name, display(op)));
            fits = false;
        }
        is_given[index] = true;
        if (!misfit.stored) check_argument(given, known->arguments[index], op, misfit);
    }
    return check_missing(call, *known, is_given, op) && fits;
}

// Of the ops that do not take it the first is told of.
void Checker::check_argument(const GivenArgument& given, const SchemaArgument& argument, OpId op, Misfits& misfits) {
    ArgumentType type = argument_type(argument.type);
    bool first = misfits.reports.empty(), fits = true;
    const bool first_doubt = misfits.doubts.empty();
    bool is_stored = true;
    // PyTorch takes 0 for False, and a graph that it has made then holds False.
    auto doubt = [&](const ArgumentType& wanted, const Facts& found, Location at, std::string_view what) {
        std::string meant = given.pattern != no_pattern ? stored_instead(wanted, found) : std::string();
        if (meant.empty()) return;
        is_stored = false;
        if (first_doubt)
            misfits.doubts.emplace_back(
                at,
                fmt::format("{}argument \"{}\" of {} has the type {}, and {} never matches what graphs hold there: "
                            "{}",
                            what, argument.name, display(op), argument.type, kind_text(found), meant));
    };
    auto check_one = [&](const ArgumentType& wanted, const Facts& found, Location at, std::string_view what) {
        if (takes(wanted, found)) return doubt(wanted, found, at, what);
        fits = false;
        if (first)
            misfits.reports.emplace_back(at,
                                         fmt::format("{}argument \"{}\" of {} has the type {}, found {}", what,
                                                     argument.name, display(op), argument.type, kind_text(found)));
    };
    const bool taken_before = misfits.taken;
    bool in_pattern = given.pattern != no_pattern;
    Facts whole = in_pattern ? facts_of_pattern(given.pattern) : facts(given.expression);
    Location at = in_pattern ? program_[given.pattern].location : program_[given.expression].location;
    check_one(type, whole, at, "");
    misfits.taken = taken_before || fits;
    misfits.stored = fits && is_stored;
    if (!fits || !type.is_list || (whole.kind != Facts::Kind::list && whole.kind != Facts::Kind::tuple)) return;
    ArgumentType item{type.base, type.optional_items, false, false, false};
    if (in_pattern) {
        for (const Pattern::Argument& each : program_[given.pattern].arguments)
            if (each.kind == Pattern::Argument::Kind::positional)
                check_one(item, facts_of_pattern(each.pattern), each.location, "an item of ");
    } else if (auto made = program_[given.expression].kind;
               made == Expression::Kind::list || made == Expression::Kind::tuple) {
        for (ExpressionId each : program_[given.expression].children)
            if (program_[each].kind != Expression::Kind::star)
                check_one(item, facts(each), program_[each].location, "an item of ");
    }
    misfits.taken = taken_before || fits;
    misfits.stored = fits && is_stored;
}

Value::Kind Checker::held_at(std::span<const OpId> ops, size_t position, std::string_view name) {
    constexpr size_t enough = 100;
    if (ops.empty() || ops.size() > enough) return Value::Kind::none;
    Value::Kind kind = Value::Kind::none;
    for (OpId op : ops) {
        const Schema* known = schema(op);
        if (!known) return Value::Kind::none;
        const size_t index = name.empty() ? position : known->find(name);
        if (index >= known->arguments.size() || (name.empty() && index >= known->positional))
            return Value::Kind::none;
        const Value::Kind held = held_kind(known->arguments[index].type);
        if (held == Value::Kind::none || (kind != Value::Kind::none && kind != held)) return Value::Kind::none;
        kind = held;
    }
    return kind;
}

// What people take for the arguments of a node is its name or its target.
void Checker::check_kind_arguments(const Pattern& kind_call, std::span<const syntax::NodeId> nodes, Scope& scope) {
    const auto& arguments = kind_call.arguments;
    if (kind_call.kind != Pattern::Kind::opcode || arguments.empty()) return;
    if (arguments[0].kind == Pattern::Argument::Kind::named_rest) return;
    const Pattern& first = program_[arguments[0].pattern];
    const bool is_text = facts_of_pattern(arguments[0].pattern).kind == Facts::Kind::text;
    switch (kind_call.opcode) {
    case Opcode::get_attr:
        if (arguments.size() > 1)
            report(codes::too_many_arguments, arguments[1].location,
                   "get_attr has one argument, the path of the attribute");
        if (Scope::Entry* bound = bound_by(first, nodes[0], scope)) bound->facts.kind = Facts::Kind::text;
        return;
    case Opcode::placeholder:
        if (!kind_call.open &&
            (is_text || first.kind == Pattern::Kind::anything || first.kind == Pattern::Kind::bind))
            warn(
                codes::kind_argument, arguments[0].location,
                fmt::format("the argument of a placeholder is its default value, and those of exported programs have "
                            "none: write `placeholder(...)`{}",
                            is_text ? ", and `where n.target == …` for the input of that name" : " for any of them"));
        return;
    case Opcode::call_method:
    case Opcode::call_module:
        if (is_text)
            warn(codes::kind_argument, arguments[0].location,
                 fmt::format(
                     "these are the arguments of the call: write `n: {}(...)`, and `where n.target == …` for {}",
                     opcode_name(kind_call.opcode), target_word(kind_call.opcode)));
        return;
    default: return;
    }
}

// The name that an argument of a pattern binds by itself.
Scope::Entry* Checker::bound_by(const Pattern& argument, syntax::NodeId node, Scope& scope) const {
    if (argument.kind != Pattern::Kind::bind) return nullptr;
    if (kind(node) == Kind::named_argument) node = child(node, 0);
    if (kind(node) != Kind::reference || !is_single_word(child(node, 0))) return nullptr;
    return scope.find(first_word(child(node, 0)));
}

// Of names that stand for arguments: a dtype is no text, which comparisons with what `val` holds are told by.
void Checker::learn_types(const Pattern& call, std::span<const syntax::NodeId> nodes, Scope& scope) {
    size_t index = 0;
    for (syntax::NodeId node : nodes) {
        if (kind(node) == Kind::open_rest || kind(node) == Kind::named_rest) return;
        const Pattern::Argument& argument = call.arguments[index];
        const size_t position = index++;
        Scope::Entry* bound = bound_by(program_[argument.pattern], node, scope);
        if (!bound || bound->facts.is_known()) continue;
        const Value::Kind held = held_at(program_[call.op_set], position, argument.name);
        if (held != Value::Kind::none) bound->facts.held = held;
    }
}

bool Checker::check_missing(const GivenCall& call, const Schema& schema, const std::vector<bool>& given, OpId op) {
    if (call.open) return true;
    for (size_t i = 0; i < given.size(); ++i) {
        const SchemaArgument& argument = schema.arguments[i];
        if (given[i] || argument.has_default) continue;
        std::string what =
            fmt::format("argument \"{}\" of {} is missing and has no default", argument.name, display(op));
        if (call.is_pattern) what += ": no valid call matches; end with `...` for any further arguments";
        warn(codes::missing_argument, call.location, what);
        return false;
    }
    return true;
}

void Checker::report_surplus(const GivenArgument& given, const Schema& schema, OpId op) {
    std::string by_name;
    for (size_t i = schema.positional; i < schema.arguments.size(); ++i)
        by_name += fmt::format("{}{}=", i == schema.positional ? "; by name: " : ", ", schema.arguments[i].name);
    report(codes::too_many_arguments, given.location,
           fmt::format("{} takes {} by position, this is one more{}", display(op),
                       plural(schema.positional, "argument"), by_name));
}

void Checker::report_unknown_argument(const GivenArgument& given, const Schema& schema, OpId op) {
    std::vector<std::string_view> names = names_of(schema);
    report(codes::unknown_argument, given.location,
           fmt::format("{} has no argument \"{}\"{} (it has {})", display(op), given.name, suggest(given.name, names),
                       names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

// Only nodes and metadata have fields: of a list, a text, a number or an op each is None.
void Checker::check_has_fields(const Facts& object, syntax::NodeId field) {
    std::string_view name = word(field);
    if (object.kind == Facts::Kind::plain && name == "ndim")
        return warn(codes::unknown_argument, word_location(field),
                    "no dump has \"ndim\" in `val`: write `len(n.meta.val.shape)`");
    const bool is_op = object.kind == Facts::Kind::op || object.kind == Facts::Kind::target;
    if (object.nullable || (!object.is_row() && !object.is_number() && !is_op && object.kind != Facts::Kind::text))
        return;
    std::string meant;
    if (is_op)
        meant = "; `str(n.target)` is its name";
    else if (object.kind == Facts::Kind::dict)
        meant = fmt::format("; an item of it is [\"{}\"]", name);
    else if (!object.is_number() && (name == "length" || name == "size"))
        meant = "; len(…) counts";
    warn(codes::unknown_argument, word_location(field),
         fmt::format("{} has no field \"{}\"{}", kind_text(object), name, meant));
}

void Checker::check_argument_name(const Facts& object, std::string_view name, Location location, Spelled spelled) {
    const std::string_view meant = field_meant(name);
    if (object.kind != Facts::Kind::node && object.held != Value::Kind::operand) return;
    const auto hint_of = [&](std::span<const std::string_view> candidates) {
        return meant.empty() ? suggest(name, candidates) : fmt::format("{}\"{}\"?", hint_start, meant);
    };
    std::vector<std::string_view> words;
    for (const FieldWord& each : field_words()) words.push_back(each.word);
    if (object.opcode == Opcode::get_attr || object.opcode == Opcode::placeholder) {
        report(codes::unknown_argument, location,
               fmt::format("a {} node has no field \"{}\"{}", opcode_name(*object.opcode), name, hint_of(words)));
        return;
    }
    if (!object.has_ops()) {
        const bool of_tensor = name == "shape" || name == "dtype" || name == "device";
        if (of_tensor && spelled == Spelled::as_field)
            return warn(
                codes::tensor_field, location,
                fmt::format("\"{}\" is an argument of the call here; of its tensor it is `n.meta.val.{}`, and the "
                            "argument also `n.arg.{}`",
                            name, name, name));
        // It may be the argument of an op that is not known here; but a word so near to a known one is none by
        // chance.
        if (is_argument_of_any_op(name)) return;
        words.insert(words.end(), argument_names().begin(), argument_names().end());
        std::string hint = hint_of(words);
        if (hint.empty()) return;
        warn(codes::unknown_argument, location,
             fmt::format("no op that is declared has an argument \"{}\"{}", name, hint));
        return;
    }
    if (targets_change_) return;
    size_t fields = words.size();
    for (OpId op : program_[object.ops]) {
        const Schema* known = schema(op);
        if (!known || known->vararg || known->find(name) != Schema::npos) return;
        for (std::string_view each : names_of(*known))
            if (words.size() < 200 && std::find(words.begin(), words.end(), each) == words.end())
                words.push_back(each);
    }
    std::string hint = hint_of(words);
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(fields));
    bool few = !words.empty() && words.size() <= 10;
    report(codes::unknown_argument, location,
           fmt::format("{} has no field or argument \"{}\"{}{}", display(object.ops), name, hint,
                       few ? fmt::format(" (arguments: {})", fmt::join(words, ", ")) : ""));
}

// A few are looked for in the text, which costs a fifth of reading all schemas.
bool Checker::is_argument_of_any_op(std::string_view name) {
    constexpr size_t few = 4;
    if (argument_names_.empty() && searches_for_argument_++ < few) return files_.declarations->has_argument(name);
    return argument_names().contains(name);
}

const std::set<std::string_view>& Checker::argument_names() {
    if (argument_names_.empty()) {
        for (const std::string& target : targets()) {
            if (!target.starts_with("torch.ops.")) continue;  // the other dialects have the same schemas
            auto known = parse_schema(files_.declarations->find(target)->schema, schema_store_);
            if (!known) continue;
            for (std::string_view each : names_of(*known)) argument_names_.insert(each);
        }
    }
    return argument_names_;
}

}  // namespace dqrewrite::program
