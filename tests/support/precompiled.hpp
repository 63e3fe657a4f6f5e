// What most tests include, for builds with DQREWRITE_PRECOMPILE. No test includes this itself.
#pragma once

#include "tests/support/catch.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <tl/expected.hpp>
#include <tsl/robin_map.h>
