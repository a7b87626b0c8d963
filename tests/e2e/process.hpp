// A child process whose output goes to files, and which never outlives its owner.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace partnerd::e2e {

struct Ended {
    int exit_code = -1;  // -1: ended by a signal
    int signal = 0;      // 0: ended by itself
};

// What a command that ran to its end said.
struct Finished {
    Ended ended;
    std::string out, err;
    int exit_code() const noexcept { return ended.exit_code; }
};

// One thread at a time. argv[0] is a path; the child's standard input is empty. Throws std::runtime_error when it cannot be started.
class Process {
  public:
    Process(std::vector<std::string> argv, std::filesystem::path out, std::filesystem::path err);
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;
    ~Process();  // SIGKILL when it still runs

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;                                            // nothing happens when it has ended
    std::optional<Ended> poll();                                              // empty: it runs
    Ended wait(std::chrono::milliseconds at_most = std::chrono::minutes(2));  // throws std::runtime_error when it runs longer

    std::filesystem::path const& out() const noexcept { return out_; }
    std::filesystem::path const& err() const noexcept { return err_; }

  private:
    pid_t pid_ = -1;
    std::optional<Ended> ended_;
    std::filesystem::path out_, err_;
};

std::string read_text(std::filesystem::path const& path);  // empty when there is no such file
void write_text(std::filesystem::path const& path, std::string const& text);

}  // namespace partnerd::e2e
