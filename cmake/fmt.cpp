// fmt itself, of its own headers: Debian has it as a shared library alone, and what is linked when a process starts
// costs more than to rewrite a small graph.
#include <fmt/format-inl.h>

namespace fmt::detail {
template char decimal_point_impl(locale_ref);
template thousands_sep_result<char> thousands_sep_impl(locale_ref);
}  // namespace fmt::detail
