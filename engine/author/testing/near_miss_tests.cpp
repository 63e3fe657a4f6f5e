#include "engine/author/testing/near_miss_tests.hpp"

#include "engine/author/testing/coverage.hpp"
#include "engine/author/testing/near_misses.hpp"
#include "engine/author/testing/rule_tests.hpp"
#include "engine/author/testing/test_graph.hpp"
#include "engine/author/text/block_text.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/program/check.hpp"
#include "engine/rewrite/driver.hpp"
#include "grammar/escapes.hpp"
#include "grammar/format.hpp"
#include "grammar/parse.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

#include <fmt/format.h>

namespace dqrewrite {

using program::Program;
using program::Test;

namespace {

constexpr size_t max_tried = 20'000;  // graphs that are run in all
constexpr unsigned max_rounds = 50;   // of throwing out what the checker does not take
constexpr size_t max_message = 200;   // bytes of an error that a test quotes
constexpr uint64_t told_apart = 2;    // more often is as often

constexpr size_t none = static_cast<size_t>(-1);

// A near miss by its number, or one of that near miss. They are many: what they are is made anew when it is asked.
struct Candidate {
    size_t seed, first, second = none;
    std::optional<size_t> graph{};      // a hash of its lines; nothing where it is no valid graph
    std::optional<size_t> decisions{};  // how often the rules decided what, by number; nothing where it makes no test
};

// A graph that was run.
struct Tried {
    std::optional<size_t> graph{};
    std::string decisions{}, text{};  // text: the graph and the outcome; empty where it makes no test
};

// How a run went through the rules, as text that is equal for equal ways.
class Way final : public RunObserver {
public:
    explicit Way(const Program& program) : coverage_(program) {}

    void visit(const program::Step& sweep, NodeId node, GraphRun& on) override { coverage_.visit(sweep, node, on); }
    void decided(const program::Statement& statement, bool holds) override { coverage_.decided(statement, holds); }
    bool matched(program::RuleId rule, NodeId, GraphRun&) override {
        ++matches_[rule];
        return true;
    }
    void before(const program::Statement& statement, Datum*, Graph&) override { ++statements_[&statement]; }

    // … since it was asked last.
    std::string take_text() {
        std::string out;
        auto add = [&](uint64_t count) { out += static_cast<char>('0' + std::min(count, told_apart)); };
        const std::vector<Condition>& conditions = coverage_.conditions();
        for (size_t i = 0; i < conditions.size(); ++i) {
            if (conditions[i].held == 0 && conditions[i].declined == 0) continue;
            out += fmt::format(" c{}:", i);
            add(conditions[i].held), add(conditions[i].declined);
        }
        // By address, which is the order of the program: stable within a run, and used in none other.
        for (const auto& [rule, count] : matches_) out += fmt::format(" m{}:{}", static_cast<uint32_t>(rule), count);
        for (const auto& [statement, count] : statements_)
            out += fmt::format(" s{}:{}", statement->location.span.begin, std::min(count, told_apart));
        coverage_.reset();
        matches_.clear();
        statements_.clear();
        return out;
    }

private:
    Coverage coverage_;
    std::map<program::RuleId, uint64_t> matches_;
    std::map<const program::Statement*, uint64_t> statements_;
};

class Generator {
public:
    Generator(const RuleFiles& files, const std::shared_ptr<const Program>& program, uint64_t seed)
        : files_(files), program_(program), random_(seed), way_(*program), passes_(program) {}

    std::string run(std::string_view filter, size_t count) {
        for (const Test& test : program_->tests)
            if (test.title.find(filter) != std::string::npos) add_seeds(test);
        warned_ = tests_are_warned_of();
        std::vector<Candidate> candidates = single();
        if (candidates.size() < 2 * count) pairs(2 * count - candidates.size(), candidates);
        return accepted(by_novelty(candidates), count);
    }

private:
    struct Seed {
        const Test* test;
        ModuleDraft draft;
        size_t near_misses;
    };

    // Then near misses may be warned of too.
    bool tests_are_warned_of() const {
        uint32_t first = UINT32_MAX;
        for (const Test& test : program_->tests) first = std::min(first, test.location.span.begin);
        Diagnostics diagnostics;
        check(files_, diagnostics);
        return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& each) {
            return each.source == files_.files[0].source.get() && each.span.begin >= first;
        });
    }

    void add_seeds(const Test& test) {
        OpTable table(*program_->declarations);
        Module module;
        try {
            build_test_graph(*program_, test.before, module, table);
        } catch (const std::runtime_error&) {
            return;  // the test itself says so
        }
        known_.insert(hash_of(module_lines(module)));
        seeds_.push_back({&test, draft_of(module, arena_), 0});
        seeds_.back().near_misses = count_near_misses(seeds_.back().draft);
    }

    static size_t hash_of(const std::vector<std::string>& lines) {
        return std::hash<std::string>()(fmt::format("{}", fmt::join(lines, "\n")));
    }

    size_t count_near_misses(const ModuleDraft& draft) {
        const Arena::Mark mark = arena_.mark();
        const size_t count = for_each_near_miss(draft, *program_, arena_, [](size_t, bool) { return false; }, {});
        arena_.release(mark);
        return count;
    }

    NearMiss near_miss(const ModuleDraft& draft, size_t index) {
        NearMiss found;
        for_each_near_miss(
            draft, *program_, arena_, [&](size_t each, bool) { return each == index; },
            [&](size_t, const NearMiss& near) { found = near; });
        return found;
    }

    // Near misses of all tests, in the order of chance; each test's are made one after the other, none is kept.
    std::vector<Candidate> single() {
        std::vector<std::pair<uint32_t, uint32_t>> all;
        for (uint32_t seed = 0; seed < seeds_.size(); ++seed)
            for (uint32_t i = 0; i < seeds_[seed].near_misses; ++i) all.emplace_back(seed, i);
        shuffle(all);
        if (all.size() > max_tried) all.resize(max_tried);
        std::vector<Candidate> candidates;
        std::vector<std::vector<size_t>> of_seed(seeds_.size());
        for (const auto& [seed, index] : all) {
            of_seed[seed].push_back(candidates.size());
            candidates.push_back({seed, index});
        }
        for (size_t seed = 0; seed < seeds_.size(); ++seed) {
            if (of_seed[seed].empty()) continue;
            std::vector<size_t> place(seeds_[seed].near_misses, none);
            for (size_t each : of_seed[seed]) place[candidates[each].first] = each;
            const Arena::Mark mark = arena_.mark();
            for_each_near_miss(
                seeds_[seed].draft, *program_, arena_, [&](size_t index, bool) { return place[index] != none; },
                [&](size_t index, const NearMiss& near) { enter(near.draft, candidates[place[index]]); });
            arena_.release(mark);
        }
        std::vector<Candidate> out;
        for (const Candidate& each : candidates)
            if (is_new(each)) out.push_back(each);
        return out;
    }

    // Near misses of near misses, until there are `wanted` more.
    void pairs(size_t wanted, std::vector<Candidate>& out) {
        const size_t enough = out.size() + wanted;
        const Arena::Mark mark = arena_.mark();
        for (size_t round = 0; round < 10 * wanted && round < max_tried && out.size() < enough && !seeds_.empty();
             ++round) {
            arena_.release(mark);
            Candidate candidate{below(seeds_.size()), 0};
            const Seed& seed = seeds_[candidate.seed];
            if (seed.near_misses == 0) continue;
            candidate.first = below(seed.near_misses);
            const auto draft = rebuilt(near_miss(seed.draft, candidate.first).draft);
            const size_t count = draft ? count_near_misses(*draft) : 0;
            if (count == 0) continue;
            candidate.second = below(count);
            enter(near_miss(*draft, candidate.second).draft, candidate);
            if (is_new(candidate)) out.push_back(candidate);
        }
        arena_.release(mark);
    }

    // For it to be valid, and its nodes numbered anew.
    std::optional<ModuleDraft> rebuilt(const ModuleDraft& draft) {
        try {
            Module module;
            build(draft, module);
            return draft_of(module, arena_);
        } catch (const std::runtime_error&) {
            return {};
        }
    }

    // Which may be one of a near miss.
    NearMiss made(const Candidate& of) {
        NearMiss one = near_miss(seeds_[of.seed].draft, of.first);
        if (of.second == none) return one;
        NearMiss two = near_miss(*rebuilt(one.draft), of.second);
        two.what = one.what + ", and " + two.what;
        return two;
    }

    void enter(const ModuleDraft& draft, Candidate& candidate) {
        Tried run = tried(*seeds_[candidate.seed].test, draft);
        candidate.graph = run.graph;
        if (!run.text.empty())
            candidate.decisions = decisions_.emplace(std::move(run.decisions), decisions_.size()).first->second;
    }

    // Whether it makes a test, of a graph that was not had before.
    bool is_new(const Candidate& of) { return of.graph && known_.insert(*of.graph).second && of.decisions; }

    Tried tried(const Test& test, const ModuleDraft& draft) {
        Tried run;
        try {
            Module module;
            build(draft, module);
            const std::vector<std::string> before = module_lines(module);
            run.graph = hash_of(before);
            auto block = block_text(module);
            if (!block) return run;
            way_.take_text();  // of a run that ended early
            auto outcome = outcome_of(test, module, before);
            if (!outcome) return run;
            run.decisions = outcome->substr(0, 3) + way_.take_text();
            run.text = *block + "\n" + *outcome;
        } catch (const std::runtime_error&) {
            // no valid graph
        }
        return run;
    }

    std::optional<std::string> outcome_of(const Test& test, Module& module, const std::vector<std::string>& before) {
        OpTable table(*program_->declarations);
        try {
            passes_[test.pass].run(module, table, &way_);
        } catch (const RunError& error) {
            std::string message = error.what();
            message.resize(std::min({message.find('\n'), message.size(), max_message}));
            while (!message.empty() && (static_cast<unsigned char>(message.back()) & 0x80)) message.pop_back();
            if (message.empty() || error.budget_spent) return {};
            return "fails " + quoted(message);
        }
        if (module_lines(module) == before) return "unchanged";
        auto block = block_text(module);
        return block ? std::optional("becomes " + *block) : std::nullopt;
    }

    // First those that decide as none before them did.
    static std::vector<Candidate> by_novelty(const std::vector<Candidate>& all) {
        std::map<size_t, size_t> seen;
        std::vector<std::pair<size_t, size_t>> order;  // how many have decided so before, and which
        for (size_t i = 0; i < all.size(); ++i) order.emplace_back(seen[*all[i].decisions]++, i);
        std::sort(order.begin(), order.end());
        std::vector<Candidate> out;
        for (const auto& [before, index] : order) out.push_back(all[index]);
        return out;
    }

    // -- text

    std::string text_of(const Candidate& of) {
        const Arena::Mark mark = arena_.mark();
        const NearMiss near = made(of);
        const Test& test = *seeds_[of.seed].test;
        const std::string plain = fmt::format("{}: {}", test.title, near.what);
        std::string title = plain;
        for (int& known = same_titles_[plain]; !titles_.insert(title).second; ++known)
            title = fmt::format("{} ({})", plain, known + 2);
        const std::string text = tried(test, near.draft).text;
        arena_.release(mark);
        return fmt::format("test {} {{\nrun {} on {}\n}}\n", quoted(title), (*program_)[test.pass].name, text);
    }

    // The first `count` that the checker takes and that pass.
    std::string accepted(const std::vector<Candidate>& candidates, size_t count) {
        for (const Test& test : program_->tests) titles_.insert(test.title);
        std::vector<std::string> texts;
        size_t next = 0;
        for (unsigned round = 0; round < max_rounds; ++round) {
            while (texts.size() < count && next < candidates.size()) texts.push_back(text_of(candidates[next++]));
            if (!drop_bad(texts) && (texts.size() == count || next == candidates.size())) break;
        }
        std::string all;
        for (const std::string& each : texts) all += each + "\n";
        Source source("", all);
        Diagnostics diagnostics;
        auto tree = parse(source, diagnostics);
        return tree ? format(source, *tree) : "";
    }

    // Whether there were any.
    bool drop_bad(std::vector<std::string>& texts) {
        const Source& original = *files_.files[0].source;
        std::string all(original.text());
        all += '\n';
        std::vector<uint32_t> begins;
        for (const std::string& each : texts) {
            begins.push_back(static_cast<uint32_t>(all.size()));
            all += each;
        }
        std::set<size_t> bad;
        auto blame = [&](uint32_t offset) {
            auto after = std::upper_bound(begins.begin(), begins.end(), offset);
            if (after != begins.begin()) bad.insert(static_cast<size_t>(after - begins.begin()) - 1);
        };
        RuleFiles files = files_;
        auto source = std::make_shared<const Source>(original.name(), all);
        Diagnostics diagnostics;
        auto tree = parse(*source, diagnostics);
        if (tree) {
            files.files[0] = {source, std::move(*tree)};
            files.sources.push_back(source);
            auto program = check(files, diagnostics);
            TestedPasses passes(program);
            if (program)
                for (size_t i = program_->tests.size(); i < program->tests.size(); ++i)
                    if (!run_rule_test(passes, program->tests[i]).passed)
                        blame(program->tests[i].location.span.begin);
        }
        // Warnings of the file's own are no matter of the near misses.
        const auto own = static_cast<uint32_t>(original.text().size());
        for (const Diagnostic& each : diagnostics)
            if (each.source == source.get() && each.span.begin > own &&
                (each.severity == Severity::error || !warned_))
                blame(each.span.begin);
        std::vector<std::string> good;
        for (size_t i = 0; i < texts.size(); ++i)
            if (!bad.contains(i)) good.push_back(std::move(texts[i]));
        texts = std::move(good);
        return !bad.empty();
    }

    // -- chance, the same on every machine

    size_t below(size_t bound) { return static_cast<size_t>(random_() % bound); }
    template <class T>
    void shuffle(std::vector<T>& all) {
        for (size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[below(i)]);
    }

    const RuleFiles& files_;
    std::shared_ptr<const Program> program_;
    std::mt19937_64 random_;
    Way way_;
    bool warned_ = false;
    Arena arena_;
    std::vector<Seed> seeds_;
    std::set<size_t> known_;  // graphs that were had already
    std::map<std::string, size_t> decisions_;
    std::set<std::string> titles_;
    std::map<std::string, int> same_titles_;  // how many got a number
    TestedPasses passes_;
};

}  // namespace

std::string near_miss_tests(const RuleFiles& files, const std::shared_ptr<const Program>& program,
                            std::string_view filter, size_t count, uint64_t seed) {
    return Generator(files, program, seed).run(filter, count);
}

}  // namespace dqrewrite
