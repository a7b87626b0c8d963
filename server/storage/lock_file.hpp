// <database>.lock: keeps a second writing process out. Held with flock(2), so the kernel frees it when the process ends.
#pragma once

#include <string>

namespace partnerd::storage {

class LockFile {
  public:
    // Throws Failure(state) that names the holder's process id when another process, or this one, holds it; Failure(connection)
    // when the file cannot be made.
    explicit LockFile(std::string const& database_path);
    ~LockFile();
    LockFile(LockFile const&) = delete;
    LockFile& operator=(LockFile const&) = delete;

  private:
    int descriptor_ = -1;
};

}  // namespace partnerd::storage
