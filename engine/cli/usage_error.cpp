#include "engine/cli/usage_error.hpp"

#include "engine/program/codes.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

// The first option on the command line that the command does not have; nothing where there is none.
std::string unknown_option(const CLI::App& command) {
    std::vector<std::string> known;
    for (const CLI::Option* option : command.get_options())
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    for (const std::string& word : command.remaining()) {
        if (!word.starts_with('-') || word == "--") continue;
        const std::string name = word.substr(0, word.find('='));
        if (std::ranges::find(known, name) != known.end()) continue;  // behind a "--" it is none
        const auto longer = std::ranges::find_if(known, [&](const auto& each) { return each.starts_with(name); });
        return fmt::format("{} has no option \"{}\"{}", command.get_name(), name,
                           longer != known.end() && name.size() > 2 ? fmt::format(", did you mean \"{}\"?", *longer)
                                                                    : suggestion(name, known));
    }
    return "";
}

bool is_flag(const CLI::Option& option) {
    return option.get_expected_max() == 0;
}

// "NODE" of "NODE", "N" of "N:INT in [1 - 256]", "{text,json}" of ":{text,json}".
std::string value_name(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    return type.starts_with(':') ? type.substr(1) : type.substr(0, type.find(':'));
}

std::string missing(const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
        if (!option->get_required() || option->count() > 0) continue;
        std::string what = option->get_description();
        what.front() = static_cast<char>(std::tolower(what.front()));
        return fmt::format("{} needs {}{}, {}", command.get_name(), option->get_name(),
                           option->get_positional() ? "" : " " + value_name(*option), what);
    }
    return "";
}

bool is_form(std::string_view word) {
    return word == "text" || word == "json";
}

std::string too_many(const CLI::App& command, std::span<const char* const> words) {
    for (size_t i = 1; i < words.size(); ++i) {
        const CLI::Option* before = command.get_option_no_throw(words[i - 1]);
        if (before && is_flag(*before) && is_form(words[i]) && !value_name(*before).empty())
            return fmt::format("write {0}={1}, in one word; found \"{0} {1}\"", words[i - 1], words[i]);
    }
    std::vector<std::string> taken, extra = command.remaining();
    for (const CLI::Option* option : command.get_options())
        if (option->get_positional()) taken.push_back(option->get_name());
    std::erase(extra, "--");
    if (extra.empty()) return "";
    const auto rules =
        std::ranges::find_if(words, [](const char* word) { return std::string_view(word).ends_with(".rules"); });
    if (rules != words.end() && command.get_option_no_throw("--rules") &&
        command.get_option_no_throw("--rules")->count() == 0)
        return fmt::format("{} takes {} alone: write --rules {} for the rules", command.get_name(),
                           fmt::join(taken, " and "), *rules);
    return fmt::format("{} takes {} and no more: \"{}\" is one too many; --help says more", command.get_name(),
                       fmt::join(taken, " and "), extra.front());
}

// Options that ask for others, or forbid them.
std::string bad_company(const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
        if (option->count() == 0) continue;
        for (const CLI::Option* other : option->get_needs())
            if (other->count() == 0)
                return fmt::format("{0} goes with {1} only: add {1}, or leave out {0}", option->get_name(),
                                   other->get_name());
        for (const CLI::Option* other : option->get_excludes())
            if (other->count() > 0)
                return fmt::format("{} and {}: give one of the two", option->get_name(), other->get_name());
    }
    return "";
}

// The option is named in what CLI11 says, and nowhere else.
std::string bad_value(const CLI::App& command, const std::string& said) {
    const size_t begin = std::min(said.find("--"), said.size());
    const std::string name = said.substr(begin, said.find_first_of(": ", begin) - begin);
    const CLI::Option* option = command.get_option_no_throw(name);
    if (!option) return "";
    if (is_flag(*option)) return fmt::format("{0} takes no value: write {0} alone", name);
    if (option->count() > 1) return fmt::format("{} is given {} times: once is enough", name, option->count());
    return fmt::format("{}: expected {}, found nothing", name, value_name(*option));
}

}  // namespace

std::string usage_error(const CLI::App& app, const CLI::ParseError& error, std::span<const char* const> words,
                        const std::vector<std::string>& names) {
    if (words.size() < 2) return fmt::format("name a command; there are: {}", fmt::join(names, ", "));
    const std::string first = words[1];
    if (first.starts_with('-'))
        return fmt::format("expected a command first, found \"{}\"{}; there are: {}", first,
                           suggestion(first, std::vector<std::string>{"--help", "--version"}),
                           fmt::join(names, ", "));
    if (std::find(names.begin(), names.end(), first) == names.end())
        return fmt::format("there is no command \"{}\"{}; there are: {}", first, suggestion(first, names),
                           fmt::join(names, ", "));
    const CLI::App& command = *app.get_subcommand(first);
    if (const std::string unknown = unknown_option(command); !unknown.empty())
        return unknown + (unknown.ends_with('?') ? "" : "; --help says more");
    std::string found;
    switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::ValidationError: return error.what();  // it is ours
    case CLI::ExitCodes::RequiredError: found = missing(command); break;
    case CLI::ExitCodes::ExtrasError: found = too_many(command, words); break;
    case CLI::ExitCodes::RequiresError:
    case CLI::ExitCodes::ExcludesError: found = bad_company(command); break;
    case CLI::ExitCodes::ConversionError:
    case CLI::ExitCodes::ArgumentMismatch: found = bad_value(command, error.what()); break;
    default: break;
    }
    return found.empty() ? fmt::format("{}; --help says more", error.what()) : found;
}

}  // namespace dqrewrite::cli
