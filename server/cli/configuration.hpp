// The configuration of a command whose `configured` is true: --config and --set over the environment over the file.
#pragma once

#include <optional>

#include "cli/command.hpp"
#include "config/load.hpp"

namespace partnerd::cli {

config::Sources config_sources(Invocation const& invocation);  // throws UsageError where a --set has no '='

// The configuration, or nothing after every problem was written to invocation.err: then the command ends with exit_failed. Starts the
// log as [log] says.
std::optional<config::Config> load_config(Invocation const& invocation);

}  // namespace partnerd::cli
