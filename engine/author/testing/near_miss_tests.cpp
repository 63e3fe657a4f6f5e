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

// A near miss that was run.
struct Candidate {
    const Test* test;
    std::string what;
    std::string text;       // the graph and the outcome
    std::string decisions;  // how often the rules decided what
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
        for (const Condition& each : coverage_.conditions()) add(each.held), add(each.declined);
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
        : files_(files), program_(program), random_(seed), way_(*program) {}

    std::string run(std::string_view filter, size_t count) {
        for (const Test& test : program_->tests)
            if (test.title.find(filter) != std::string::npos) add_seeds(test);
        warned_ = tests_are_warned_of();
        std::vector<Candidate> candidates = single();
        if (candidates.size() < 2 * count) pairs(2 * count - candidates.size(), candidates);
        return accepted(by_novelty(std::move(candidates)), count);
    }

private:
    struct Seed {
        const Test* test;
        ModuleDraft draft;
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
        known_.insert(fmt::format("{}", fmt::join(module_lines(module), "\n")));
        seeds_.push_back({&test, draft_of(module, arena_)});
    }

    // Every near miss of every test, in the order of chance.
    std::vector<Candidate> single() {
        std::vector<std::pair<const Test*, NearMiss>> all;
        for (const Seed& seed : seeds_)
            for (NearMiss& each : near_misses_of(seed.draft, *program_, arena_))
                all.emplace_back(seed.test, std::move(each));
        shuffle(all);
        if (all.size() > max_tried) all.resize(max_tried);
        std::vector<Candidate> out;
        for (const auto& [test, near] : all)
            if (auto candidate = tried(*test, near.what, near.draft)) out.push_back(std::move(*candidate));
        return out;
    }

    // Near misses of near misses, until there are `wanted` more.
    void pairs(size_t wanted, std::vector<Candidate>& out) {
        const size_t enough = out.size() + wanted;
        const Arena::Mark mark = arena_.mark();
        for (size_t round = 0; round < 10 * wanted && round < max_tried && out.size() < enough && !seeds_.empty();
             ++round) {
            arena_.release(mark);  // a candidate is text
            const Seed& seed = seeds_[below(seeds_.size())];
            std::vector<NearMiss> first = near_misses_of(seed.draft, *program_, arena_);
            if (first.empty()) continue;
            const NearMiss& one = first[below(first.size())];
            Module module;  // for it to be valid, and its nodes numbered anew
            try {
                build(one.draft, module);
            } catch (const std::runtime_error&) {
                continue;
            }
            std::vector<NearMiss> second = near_misses_of(draft_of(module, arena_), *program_, arena_);
            if (second.empty()) continue;
            const NearMiss& two = second[below(second.size())];
            if (auto candidate = tried(*seed.test, one.what + ", and " + two.what, two.draft))
                out.push_back(std::move(*candidate));
        }
    }

    std::optional<Candidate> tried(const Test& test, const std::string& what, const ModuleDraft& draft) {
        try {
            Module module;
            build(draft, module);
            std::vector<std::string> before = module_lines(module);
            if (!known_.insert(fmt::format("{}", fmt::join(before, "\n"))).second) return {};
            auto block = block_text(module);
            if (!block) return {};
            auto outcome = outcome_of(test, module, before);
            const std::string way = way_.take_text();
            if (!outcome) return {};
            return Candidate{&test, what, *block + "\n" + *outcome, outcome->substr(0, 3) + way};
        } catch (const std::runtime_error&) {
            return {};  // no valid graph
        }
    }

    std::optional<std::string> outcome_of(const Test& test, Module& module, const std::vector<std::string>& before) {
        OpTable table(*program_->declarations);
        auto driver = drivers_.try_emplace(test.pass, program_, test.pass).first;
        try {
            driver->second.run(module, table, &way_);
        } catch (const RunError& error) {
            std::string message = error.what();
            message.resize(std::min({message.find('\n'), message.size(), max_message}));
            while (!message.empty() && (static_cast<unsigned char>(message.back()) & 0x80)) message.pop_back();
            if (message.empty() || message.find("budget") != std::string::npos) return {};
            return "fails " + quoted(message);
        }
        if (module_lines(module) == before) return "unchanged";
        auto block = block_text(module);
        return block ? std::optional("becomes " + *block) : std::nullopt;
    }

    // First those that decide as none before them did.
    static std::vector<Candidate> by_novelty(std::vector<Candidate> all) {
        std::map<std::string, size_t> seen;
        std::vector<std::pair<size_t, size_t>> order;  // how many have decided so before, and which
        for (size_t i = 0; i < all.size(); ++i) order.emplace_back(seen[all[i].decisions]++, i);
        std::sort(order.begin(), order.end());
        std::vector<Candidate> out;
        for (const auto& [before, index] : order) out.push_back(std::move(all[index]));
        return out;
    }

    // -- text

    std::string text_of(const Candidate& of, std::set<std::string>& titles) const {
        std::string title = fmt::format("{}: {}", of.test->title, of.what);
        for (int number = 2; !titles.insert(title).second; ++number)
            title = fmt::format("{}: {} ({})", of.test->title, of.what, number);
        return fmt::format("test {} {{\nrun {} on {}\n}}\n", quoted(title), (*program_)[of.test->pass].name, of.text);
    }

    // The first `count` that the checker takes and that pass.
    std::string accepted(std::vector<Candidate> candidates, size_t count) {
        std::set<std::string> titles;
        for (const Test& test : program_->tests) titles.insert(test.title);
        std::vector<std::string> texts;
        size_t next = 0;
        for (unsigned round = 0; round < max_rounds; ++round) {
            while (texts.size() < count && next < candidates.size())
                texts.push_back(text_of(candidates[next++], titles));
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
            if (program)
                for (size_t i = program_->tests.size(); i < program->tests.size(); ++i)
                    if (!run_rule_test(program, program->tests[i]).passed)
                        blame(program->tests[i].location.span.begin);
        }
        // Warnings of the file's own are no matter of the near misses.
        const auto own = static_cast<uint32_t>(original.text().size());
        for (const Diagnostic& each : diagnostics)
            if (each.source == source.get() && each.span.begin > own &&
                (each.severity == Severity::error || !warned_))
                blame(each.span.begin);
        for (auto each = bad.rbegin(); each != bad.rend(); ++each)
            texts.erase(texts.begin() + static_cast<std::ptrdiff_t>(*each));
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
    std::set<std::string> known_;  // graphs that were had already
    std::map<program::PassId, Driver> drivers_;
};

}  // namespace

std::string near_miss_tests(const RuleFiles& files, const std::shared_ptr<const Program>& program,
                            std::string_view filter, size_t count, uint64_t seed) {
    return Generator(files, program, seed).run(filter, count);
}

}  // namespace dqrewrite
