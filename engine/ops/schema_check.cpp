#include "engine/ops/schema_check.hpp"

#include "engine/ops/schema.hpp"

#include <algorithm>
#include <cctype>

namespace dqrewrite {

namespace {

constexpr std::string_view types[] = {
    "Tensor",       "int",      "float",      "bool",   "str",      "complex",      "Scalar",       "SymInt",
    "SymBool",      "SymFloat", "ScalarType", "Layout", "Device",   "DeviceIndex",  "MemoryFormat", "Generator",
    "Dimname",      "Storage",  "QScheme",    "Stream", "Any",      "AnyClassType", "AnyEnumType",  "AnyListType",
    "AnyTupleType", "Capsule",  "PyObject",   "None",   "NoneType",
};
// Types of types: Dict(str, Tensor).
constexpr std::string_view containers[] = {"Dict", "Future", "Await", "RRef", "Union"};

// Words of other languages, and what PyTorch's schemas say instead.
constexpr std::pair<std::string_view, std::string_view> others[] = {
    {"string", "str"},
    {"double", "float"},
    {"float32", "float"},
    {"float64", "float"},
    {"long", "int"},
    {"int32", "int"},
    {"int64", "int"},
    {"integer", "int"},
    {"boolean", "bool"},
    {"number", "Scalar"},
    {"Number", "Scalar"},
    {"dtype", "ScalarType"},
    {"device", "Device"},
    {"layout", "Layout"},
    {"memory_format", "MemoryFormat"},
    {"Optional", "Tensor?"},
    {"List", "Tensor[]"},
    {"list", "Tensor[]"},
    {"Tuple", "(Tensor, Tensor)"},
    {"tuple", "(Tensor, Tensor)"},
    {"dict", "Dict(str, Tensor)"},
};

// "t", "t1", "tVal": any type, in ops of TorchScript.
bool is_type_variable(std::string_view word) {
    return word.starts_with('t') && (word.size() == 1 || std::isdigit(static_cast<unsigned char>(word[1])) ||
                                     std::isupper(static_cast<unsigned char>(word[1])));
}

// A reader of the text from left to right. The first problem ends it.
class SchemaReader {
public:
    explicit SchemaReader(std::string_view text) : text_(text) {}

    std::optional<SchemaProblem> read() {
        if (!read_name() || !read_arguments() || !read_returns()) return problem_;
        ValueStore store;
        auto schema = parse_schema(text_, store);
        if (!schema) fail(0, text_.size(), "this is no operator schema; one looks like " + std::string(example));
        if (schema) check_defaults(*schema);
        return problem_;
    }

private:
    static constexpr std::string_view example = "aten::add.Tensor(Tensor self, Tensor other) -> Tensor";

    bool fail(size_t begin, size_t end, std::string message, std::string_view type = {}) {
        problem_ = {begin, std::max(end, std::min(begin + 1, text_.size())), std::move(message), type};
        return false;
    }

    // "expected …, found …", at what is there.
    bool expected(const std::string& what) {
        skip_blanks();
        size_t end = at_;
        while (end < text_.size() && is_schema_word(text_[end])) ++end;
        if (end == at_ && at_ < text_.size()) end += is_at("->") ? 2 : 1;
        if (at_ == text_.size()) return fail(at_, at_, "expected " + what + ", found the end of the line");
        return fail(at_, end, "expected " + what + ", found \"" + std::string(text_.substr(at_, end - at_)) + "\"");
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    bool is_at(std::string_view what) {
        skip_blanks();
        return text_.substr(at_).starts_with(what);
    }
    bool take(std::string_view what) {
        if (!is_at(what)) return false;
        at_ += what.size();
        return true;
    }
    // Right here, without blanks before it.
    std::string_view word() {
        const size_t begin = at_;
        while (at_ < text_.size() && is_schema_word(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }
    static bool is_name(std::string_view word) {
        return !word.empty() && !std::isdigit(static_cast<unsigned char>(word[0]));
    }

    // "aten::add.Tensor"
    bool read_name() {
        if (!is_name(word()) || !take("::") || !is_name(word()))
            return fail(0, text_.find('('),
                        "a schema begins with NAMESPACE::NAME; one looks like " + std::string(example));
        if (text_.substr(at_).starts_with('.')) {
            ++at_;
            const size_t begin = at_;
            const std::string_view overload = word();
            if (overload == "default")
                return fail(begin - 1, at_,
                            "the overload \"default\" has no name in a schema: write \"" +
                                std::string(text_.substr(0, begin - 1)) + "\"");
            if (overload.empty()) return expected("the name of the overload");
        }
        return true;
    }

    bool read_arguments() {
        if (!take("(")) return expected("\"(\"");
        bool keyword_only = false, had_default = false;
        if (take(")")) return true;
        do {
            skip_blanks();
            const char first = at_ < text_.size() ? text_[at_] : '\0';
            if (first == '.' && take("...")) continue;
            if (first == '*') {
                ++at_;
                keyword_only = true;
                continue;
            }
            if (!read_type()) return false;
            skip_blanks();
            const size_t begin = at_;
            const std::string_view name = word();
            if (!is_name(name)) {
                at_ = begin;
                return expected("the name of the argument");
            }
            const bool has_default = take("=");
            if (has_default && !skip_default()) return false;
            if (!has_default && had_default && !keyword_only)
                return fail(begin, begin + name.size(),
                            "\"" + std::string(name) + "\" has no default, and one before it has");
            had_default |= has_default;
        } while (take(","));
        return take(")") || expected("\",\" or \")\"");
    }

    // What it says is checked at the end, by parse_schema().
    bool skip_default() {
        skip_blanks();
        const size_t begin = at_;
        char quote = 0;
        unsigned depth = 0;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (quote) {
                if (c == '\\')
                    ++at_;
                else if (c == quote)
                    quote = 0;
                continue;
            }
            if (c == ')' || (depth == 0 && c == ',')) break;
            if (c == '"' || c == '\'') quote = c;
            if (c == '[') ++depth;
            if (c == ']' && depth > 0) --depth;
        }
        at_ = std::min(at_, text_.size());
        if (quote || depth > 0) return fail(begin, at_, "this default does not end");
        return at_ > begin || expected("a default");
    }

    // "-> Tensor", "-> (Tensor values, Tensor indices)", "-> ()"
    bool read_returns() {
        if (!take("->")) {
            skip_blanks();
            if (at_ == text_.size())
                return fail(at_, at_, "expected \"->\" and what the op returns, such as -> Tensor");
            return fail(at_, text_.size(),
                        "expected \"->\" and what the op returns, found \"" + std::string(text_.substr(at_)) + "\"");
        }
        if (take("(")) {
            if (!take(")")) {
                do {
                    if (take("...")) continue;
                    if (!read_type()) return false;
                    skip_blanks();
                    word();  // a name, which nothing asks for
                } while (take(","));
                if (!take(")")) return expected("\",\" or \")\"");
            }
        } else if (!take("...")) {
            if (!read_type()) return false;
            skip_blanks();
            word();
        }
        skip_blanks();
        if (at_ == text_.size()) return true;
        return fail(at_, text_.size(),
                    "a schema ends with what the op returns; several are written (Tensor, Tensor)");
    }

    // "Tensor(a!)?", "int[2]", "Dict(str, Tensor[])", "(int, Tensor)"
    bool read_type() {
        if (depth_ == max_type_nesting) return fail(at_, at_, "types nest to " + std::to_string(max_type_nesting));
        ++depth_;
        const bool good = read_base() && read_suffixes();
        --depth_;
        return good;
    }

    bool read_types() {
        do
            if (!read_type()) return false;
        while (take(","));
        return take(")") || expected("\",\" or \")\"");
    }

    bool read_base() {
        if (take("(")) return read_types();
        skip_blanks();
        const size_t begin = at_;
        const std::string_view first = word();
        if (!is_name(first)) {
            at_ = begin;
            return expected("a type");
        }
        if (text_.substr(at_).starts_with('.')) return read_class(begin);
        if (std::ranges::find(types, first) != std::end(types) || is_type_variable(first)) return true;
        if (std::ranges::find(containers, first) != std::end(containers))
            return take("(") ? read_types() : expected("\"(\" and the types in a " + std::string(first));
        const std::string said = "unknown type \"" + std::string(first) + "\"";
        for (const auto& [word, meant] : others)
            if (word == first) return fail(begin, at_, said + ", did you mean \"" + std::string(meant) + "\"?");
        return fail(begin, at_, said, first);
    }

    bool read_class(size_t begin) {
        while (text_.substr(at_).starts_with('.')) {
            ++at_;
            if (!is_name(word())) return fail(begin, at_, "the name of a class ends in a word, not in a dot");
        }
        return true;
    }

    bool read_suffixes() {
        while (at_ < text_.size()) {
            if (text_[at_] == '?') {
                ++at_;
            } else if (text_[at_] == '[') {
                ++at_;
                while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) ++at_;
                if (!take("]")) return expected("a whole number or \"]\"");
            } else if (text_[at_] == '(') {
                if (!read_alias()) return false;
            } else {
                return true;
            }
        }
        return true;
    }

    // "(a)", "(a!)", "(a -> *)", "(a|b)"
    bool read_alias() {
        const size_t begin = at_++;
        const auto belongs = [](char c) {
            return is_schema_word(c) || std::string_view("!|*-> ").find(c) != std::string_view::npos;
        };
        while (at_ < text_.size() && belongs(text_[at_])) ++at_;
        const std::string_view inside = text_.substr(begin + 1, at_ - begin - 1);
        // `Tensor(a! x)` has lost a bracket.
        const bool two_words = inside.find(' ') != std::string_view::npos &&
                               inside.find("->") == std::string_view::npos &&
                               inside.find('|') == std::string_view::npos;
        if (at_ == text_.size() || text_[at_] != ')' || two_words)
            return fail(begin, at_, "expected an alias such as (a) or (a!)");
        ++at_;
        return true;
    }

    // A bare word as default is an enumeration's: contiguous_format, strided.
    void check_defaults(const Schema& schema) {
        for (const SchemaArgument& argument : schema.arguments) {
            if (!argument.has_default || argument.default_value.kind != Value::Kind::opaque) continue;
            const std::string_view type = argument.type.substr(0, argument.type.find_first_of("(?["));
            const bool plain = type == "int" || type == "SymInt" || type == "float" || type == "bool" ||
                               type == "str" || type == "Scalar" || type == "Tensor" || type == "complex";
            if (!plain) continue;
            const std::string_view word = argument.default_value.text_view();
            const auto begin = static_cast<size_t>(word.data() - text_.data());
            const std::string meant = word == "true" ? ": write True" : word == "false" ? ": write False" : "";
            fail(begin, begin + word.size(),
                 "\"" + std::string(word) + "\" is no default of the type " + std::string(argument.type) + meant);
            return;
        }
    }

    std::string_view text_;
    size_t at_ = 0;
    unsigned depth_ = 0;
    std::optional<SchemaProblem> problem_;
};

}  // namespace

std::optional<SchemaProblem> schema_problem(std::string_view text) {
    return SchemaReader(text).read();
}

std::span<const std::string_view> schema_types() {
    return types;
}

}  // namespace dqrewrite
