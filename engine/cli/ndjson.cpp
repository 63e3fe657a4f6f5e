#include "engine/cli/ndjson.hpp"

#include "engine/author/plan/plan.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/stats.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/rewrite/apply.hpp"
#include "engine/rewrite/metadata_questions.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <variant>

#include <fmt/format.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace dqrewrite::cli {

namespace {

// So much of what was read and what came of it may wait for its turn to be written; one line at least.
constexpr size_t bytes_per_job = 16u << 20;

struct Line {
    uint64_t number = 0;  // in the file
    uint64_t place = 0;   // among those that are not blank
    size_t size = 0;
    bool goes_on = false;  // it is no dump, but looks like the first line of one over several lines
    InputLine input;
    std::string result;
    std::variant<std::monostate, Report, DumpError, RunError> outcome;
    double read = 0, rewrite = 0, write = 0;
};

// Whether a text begins like an object and ends where more must come.
bool goes_on(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos || text[first] != '{') return false;
    const char last = text[text.find_last_not_of(blanks)];
    return last == '{' || last == '[' || last == ',';
}

void process(const Driver& driver, bool planned, Line& line) {
    Stopwatch watch;
    const auto input = std::move(line.input.input);  // not held while the result waits
    auto dump = read_for(driver.program(), input, line.input.text, line.number);
    line.read = watch.lap();
    if (!dump) {
        line.goes_on = line.place == 0 && goes_on(line.input.text);
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
        TextOutput output(line.input.text.size() / 4 * 5);  // results are often larger
        dump->write(output);
        line.result = output.take();
    }
    line.result += '\n';
    line.outcome = std::move(*report);
    line.write = watch.lap();
}

// What one line gives back the next one takes. Without this the C library gives it to the system in between, which
// clears each page before it comes again, and lets one thread at a time have some.
void keep_freed_memory() {
#ifdef __GLIBC__
    constexpr int most = 1 << 30;
    constexpr int largest_piece = 1 << 25;  // the most that is allowed
    ::mallopt(M_MMAP_THRESHOLD, largest_piece);
    ::mallopt(M_TRIM_THRESHOLD, most);
#endif
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Lines go to the workers as they ask for them and come back as they are done; they are written in the order of the
// file. Reading, working and writing go on at the same time.
class Lines {
public:
    // `write` says whether to go on.
    Lines(LineInput& in, size_t most_bytes, std::function<bool(Line&)> write)
        : in_(in), most_bytes_(most_bytes), write_(std::move(write)) {}

    // The next line that is not blank; nothing at the end.
    std::optional<Line> next() {
        std::lock_guard reading(in_mutex_);
        if (!wait_for_room()) return {};
        std::optional<InputLine> input;
        do {
            input = in_.next();
            if (!input) return {};
            ++number_;
        } while (is_blank(input->text));
        Line line;
        line.number = number_;
        line.size = input->text.size();
        line.input = std::move(*input);
        std::lock_guard lock(mutex_);
        line.place = taken_++;
        held_bytes_ += line.size;
        return line;
    }

    // Writes the lines whose turn it is, unless another worker is at it: that one will do it.
    void finish(Line line) {
        std::unique_lock lock(mutex_);
        const uint64_t place = line.place;
        line.size += line.result.size();  // which waits, too
        held_bytes_ += line.result.size();
        waiting_.emplace(place, std::move(line));
        if (writing_) return;
        writing_ = true;
        for (auto first = waiting_.begin(); first != waiting_.end() && first->first == written_;
             first = waiting_.begin()) {
            Line next = std::move(first->second);
            waiting_.erase(first);
            bool go_on = !stopped_;
            lock.unlock();
            go_on = go_on && write_(next);
            in_.release(next.input.text);
            lock.lock();
            stopped_ |= !go_on;
            held_bytes_ -= next.size;
            ++written_;
            room_.notify_all();
        }
        writing_ = false;
    }

    // No line is handed out or written any more.
    void stop() {
        std::lock_guard lock(mutex_);
        stopped_ = true;
        room_.notify_all();
    }

private:
    // Whoever has the line that is written next waits for nothing, so there will be room.
    bool wait_for_room() {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return stopped_ || held_bytes_ < most_bytes_ || taken_ == written_; });
        return !stopped_;
    }

    std::mutex in_mutex_;
    LineInput& in_;
    uint64_t number_ = 0;

    std::mutex mutex_;  // of all below
    std::condition_variable room_;
    size_t most_bytes_;
    std::function<bool(Line&)> write_;
    std::map<uint64_t, Line> waiting_;  // by place
    uint64_t taken_ = 0;
    uint64_t written_ = 0;
    size_t held_bytes_ = 0;
    bool writing_ = false;  // a worker is, without the lock
    bool stopped_ = false;
};

// std::bad_alloc where a worker has run out of memory, once all have ended.
void process_all(const Driver& driver, const RunOptions& options, Lines& lines) {
    std::atomic<bool> out_of_memory = false;
    auto work = [&] {
        try {
            while (auto line = lines.next()) {
                process(driver, !options.plan.empty(), *line);
                lines.finish(std::move(*line));
            }
        } catch (const std::bad_alloc&) {
            out_of_memory = true;
            lines.stop();
        }
    };
    {
        std::vector<std::jthread> workers;
        for (unsigned job = 1; job < options.jobs; ++job) workers.emplace_back(work);
        work();
    }
    if (out_of_memory) throw std::bad_alloc();
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
    return json + "}\n";
}

}  // namespace

int run_ndjson(const Driver& driver, const RunOptions& options, double compile_seconds) {
    keep_freed_memory();
    Stats stats(driver.program(), options.stats);
    stats.compile = compile_seconds;
    auto in = LineInput::open(options.graph);
    if (!in) return print_error(options.graph, in.error()), cannot_be_done;
    auto output = FileOutput::open(options.out);
    if (!output) return print_error(options.out, output.error()), cannot_be_done;
    bool is_one_dump = false;
    Lines lines(**in, options.jobs * bytes_per_job, [&](Line& line) {
        is_one_dump = line.goes_on;
        if (is_one_dump) return false;
        (*output)->write(settle(driver, options, line, stats));
        return !(*output)->failed();
    });
    process_all(driver, options, lines);
    if (is_one_dump)
        return print_error(fmt::format("{}: --ndjson reads a dump from each line, and this is one dump over several "
                                       "lines: leave out --ndjson",
                                       options.graph)),
               cannot_be_done;
    if (auto error = (*in)->error()) return print_error(options.graph, *error), cannot_be_done;
    auto finished = (*output)->finish();
    if (!finished) return print_error(options.out, finished.error()), cannot_be_done;
    stats.print();
    return stats.failed ? cannot_be_done : done;
}

}  // namespace dqrewrite::cli
