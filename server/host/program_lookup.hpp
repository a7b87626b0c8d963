// The dispatcher's questions about programs, answered by the directory.
#pragma once

#include "programs/directory.hpp"
#include "routing/program_directory.hpp"

namespace partnerd::host {

class ProgramLookup final : public routing::ProgramDirectory {
  public:
    explicit ProgramLookup(programs::Directory const& directory) : directory_(directory) {}
    std::optional<Id> find(std::string_view handle_or_id) const override {
        auto const id = directory_.find(handle_or_id);
        return id == 0 ? std::nullopt : std::optional<Id>(id);
    }
    bool plugin_enabled(Id program, std::string_view plugin) const override { return directory_.has_plugin(program, plugin); }

  private:
    programs::Directory const& directory_;
};

}  // namespace partnerd::host
