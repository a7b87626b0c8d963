// A database file for a moment, in a folder of its own that goes with it.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace partnerd::host {

class ScratchFile {
  public:
    ScratchFile() {  // throws std::system_error when $TMPDIR takes no folder
        auto pattern = (std::filesystem::temp_directory_path() / "partnerd-migrate-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::system_category(), "cannot make the folder " + pattern);
        folder_ = pattern;
    }
    ~ScratchFile() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    ScratchFile(ScratchFile const&) = delete;
    ScratchFile& operator=(ScratchFile const&) = delete;
    std::string path() const { return (folder_ / "scratch.db").string(); }

  private:
    std::filesystem::path folder_;
};

}  // namespace partnerd::host
