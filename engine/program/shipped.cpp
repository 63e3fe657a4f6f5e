#include "engine/program/shipped.hpp"

#include <algorithm>

namespace dqrewrite {

namespace {

std::string_view file_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

const ShippedFile* find_shipped(std::string_view name) {
    for (const ShippedFile& file : shipped_files())
        if (file_name(file.path) == name) return &file;
    return nullptr;
}

std::vector<std::string> shipped_rule_names() {
    std::vector<std::string> names;
    for (const ShippedFile& file : shipped_files()) {
        std::string_view name = file_name(file.path);
        if (name.ends_with(".rules")) names.emplace_back(name.substr(0, name.size() - 6));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace dqrewrite
