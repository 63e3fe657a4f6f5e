#include "engine/program/compile.hpp"
