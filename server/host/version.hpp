#pragma once

#include <string_view>

namespace partnerd::host {

inline constexpr std::string_view version = PARTNERD_VERSION;  // of the project, from CMake

}  // namespace partnerd::host
