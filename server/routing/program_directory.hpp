// What the dispatcher must know about programs: answered from memory, since every request asks. [any thread]
#pragma once

#include <optional>
#include <string_view>

#include "domain/id.hpp"

namespace partnerd::routing {

class ProgramDirectory {
  public:
    virtual ~ProgramDirectory() = default;
    // The program of a handle ("shop") or an id ("prg_0d7t2k9x4m1qe").
    virtual std::optional<Id> find(std::string_view handle_or_id) const = 0;
    virtual bool plugin_enabled(Id program, std::string_view plugin) const = 0;
};

}  // namespace partnerd::routing
