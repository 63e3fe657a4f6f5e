#include "engine/cli/ndjson.hpp"

#include "engine/author/plan.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/stats.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/rewrite/apply.hpp"

#include <atomic>
#include <fstream>
#include <iostream>
#include <thread>
#include <variant>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

constexpr size_t lines_per_job = 64;         // of a batch
constexpr size_t bytes_per_job = 16u << 20;  // … and no more than this, but one line at least

struct Line {
    uint64_t number = 0;
    std::string text;
    std::string result;
    std::variant<std::monostate, Report, DumpError, RunError> outcome;
    double read = 0, rewrite = 0, write = 0;
};

void process(const Driver& driver, bool planned, Line& line) {
    Stopwatch watch;
    auto input = Input::from_string(line.text);
    auto dump = Dump::read(input, input->text(), line.number);
    line.read = watch.lap();
    if (!dump) {
        line.outcome = dump.error();
        return;
    }
    std::optional<PlanRecorder> recorder;
    if (planned) recorder.emplace(driver.program(), dump->module);
    auto report = apply(driver, *dump, recorder ? &*recorder : nullptr);
    line.rewrite = watch.lap();
    if (!report) {
        line.outcome = report.error();
        return;
    }
    if (recorder) {
        line.result = plan_json(driver.program(), recorder->plan(), true);
    } else {
        TextOutput output;
        dump->write(output);
        line.result = output.text();
    }
    line.outcome = std::move(*report);
    line.write = watch.lap();
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::vector<Line> next_batch(std::istream& in, uint64_t& number, unsigned jobs) {
    std::vector<Line> batch;
    size_t bytes = 0;
    while (batch.size() < jobs * lines_per_job && bytes < jobs * bytes_per_job) {
        Line line;
        if (!std::getline(in, line.text)) break;
        line.number = ++number;
        bytes += line.text.size();
        if (!is_blank(line.text)) batch.push_back(std::move(line));
    }
    return batch;
}

void process_all(const Driver& driver, const RunOptions& options, std::vector<Line>& batch) {
    std::atomic<size_t> next = 0;
    auto work = [&] {
        for (size_t i = next++; i < batch.size(); i = next++) process(driver, !options.plan.empty(), batch[i]);
    };
    std::vector<std::jthread> workers;
    for (unsigned job = 1; job < options.jobs; ++job) workers.emplace_back(work);
    work();
}

// Says what came of a line, and gives the line that is written for it.
std::string settle(const Driver& driver, const RunOptions& options, Line& line, Stats& stats) {
    stats.read += line.read;
    stats.rewrite += line.rewrite;
    stats.write += line.write;
    std::string message;
    if (auto* report = std::get_if<Report>(&line.outcome)) {
        stats.add(*report);
        print(driver.program(), report->warnings);
        return std::move(line.result);
    }
    if (auto* error = std::get_if<DumpError>(&line.outcome)) {
        print_error(options.graph, *error);
        message = error->message;
    } else if (auto* run_error = std::get_if<RunError>(&line.outcome)) {
        print_error(fmt::format("{}:{}: the run failed on this graph:", options.graph, line.number));
        print_error(driver.program(), *run_error);
        message = run_error->what();
    }
    stats.graphs += 1;
    stats.failed += 1;
    std::string json = R"({"error": )";
    append_json_string(json, message);
    return json + "}";
}

}  // namespace

int run_ndjson(const Driver& driver, const RunOptions& options, double compile_seconds) {
    Stats stats(driver.program());
    stats.compile = compile_seconds;
    std::ifstream file;
    if (options.graph != "-") {
        // The same messages as for one graph: a directory, a missing file.
        if (auto probe = open_input(options.graph); !probe)
            return print_error(options.graph, probe.error()), cannot_be_done;
        file.open(options.graph, std::ios::binary);
    } else {
        std::ios::sync_with_stdio(false);
    }
    std::istream& in = options.graph == "-" ? std::cin : file;
    auto output = FileOutput::open(options.out);
    if (!output) return print_error(options.out, output.error()), cannot_be_done;
    uint64_t number = 0;
    for (auto batch = next_batch(in, number, options.jobs); !batch.empty();
         batch = next_batch(in, number, options.jobs)) {
        process_all(driver, options, batch);
        for (Line& line : batch) {
            (*output)->write(settle(driver, options, line, stats));
            (*output)->write("\n");
        }
        if ((*output)->failed()) break;
    }
    if (in.bad()) return print_error(fmt::format("{}: the read failed", options.graph)), cannot_be_done;
    auto finished = (*output)->finish();
    if (!finished) return print_error(options.out, finished.error()), cannot_be_done;
    stats.print(options.stats);
    return stats.failed ? cannot_be_done : done;
}

}  // namespace dqrewrite::cli
