// What most tests include, for builds with DQREWRITE_PRECOMPILE. No test includes this itself.
#pragma once

#include "tests/support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
