// A folder with little room, which a test fills and frees while a server writes there.
#pragma once

#include <sys/types.h>

#include <filesystem>

namespace partnerd::e2e {

class SmallDisk {
  public:
    virtual ~SmallDisk() = default;
    virtual void fill(pid_t server) = 0;  // what is written behind the present end of its files fails
    virtual void make_room(pid_t server) = 0;
};

// A tmpfs of its own at `folder`, seen by this process and its children only. Throws std::runtime_error where mount is refused.
class MountedDisk final : public SmallDisk {
  public:
    explicit MountedDisk(std::filesystem::path folder);
    ~MountedDisk() override;
    void fill(pid_t server) override;
    void make_room(pid_t server) override;

  private:
    std::filesystem::path const folder_;
};

// A bound on the size of files of the server, instead of a disk that really is full. Made before the server starts.
class LimitedFiles final : public SmallDisk {
  public:
    explicit LimitedFiles(std::filesystem::path folder);
    ~LimitedFiles() override;
    void fill(pid_t server) override;
    void make_room(pid_t server) override;

  private:
    std::filesystem::path const folder_;
};

}  // namespace partnerd::e2e
