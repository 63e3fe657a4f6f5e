// The least that a tool pays which parses a dump whole and changes nothing: floor MODE IN [OUT]
//   parse      simdjson On-Demand over each node's name, op, target and args
//   copy       the same, and the text written out as it came
// Prints a sum of what it saw, so that nothing is left out.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

namespace {

namespace od = simdjson::ondemand;

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "floor: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

size_t walk(od::value value) {
    size_t seen = 1;
    switch (value.type()) {
    case od::json_type::array:
        for (auto item : value.get_array()) seen += walk(item.value());
        break;
    case od::json_type::object:
        for (auto field : value.get_object()) {
            seen += std::string_view(field.unescaped_key()).size();
            seen += walk(field.value());
        }
        break;
    case od::json_type::string: seen += std::string_view(value.get_string()).size(); break;
    case od::json_type::number: seen += static_cast<size_t>(double(value.get_double()) != 0); break;
    default: break;
    }
    return seen;
}

size_t parse(const simdjson::padded_string& text) {
    od::parser parser;
    od::document document = parser.iterate(text);
    size_t seen = 0;
    for (auto node : document["graph"]["nodes"].get_array()) {
        od::object object = node.get_object();
        seen += std::string_view(object["name"]).size();
        seen += std::string_view(object["op"]).size();
        seen += std::string_view(object["target"]).size();
        seen += walk(object["args"].value());
    }
    return seen;
}

void write_all(const char* path, std::string_view text) {
    const int fd = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) fail(path);
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0) fail(path);
        text.remove_prefix(static_cast<size_t>(written));
    }
    ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (argc < 3 || (mode != "parse" && mode != "copy") || (mode == "copy" && argc < 4)) {
        std::fputs("floor parse IN | copy IN OUT\n", stderr);
        return 2;
    }
    const simdjson::padded_string text = simdjson::padded_string::load(argv[2]).value();
    std::printf("%zu\n", parse(text));
    if (mode == "copy") write_all(argv[3], text);
}
