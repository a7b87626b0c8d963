// The demo as ./run makes it, in a folder of its own: a copy of etc/ and plugins/, build/release, data/demo. Ports are free ones.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace docs {

// A command of `sh -c` in a folder: its status, and what it wrote to both outputs. Ended after two minutes.
struct Ran {
    int status = 0;
    std::string output;
};
Ran run_shell(std::filesystem::path const& folder, std::string const& command);

// A new temporary folder, deleted with this.
struct Folder {
    Folder();
    ~Folder();
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;

    std::filesystem::path path;
};

// A running server over a fresh copy of the demo's data. std::runtime_error with the log when it does not start.
class Demo {
  public:
    Demo();
    ~Demo();  // SIGTERM
    Demo(Demo const&) = delete;
    Demo& operator=(Demo const&) = delete;

    std::filesystem::path const& folder() const noexcept { return folder_.path; }
    // A document's text with this server's addresses in place of the demo's.
    std::string here(std::string text) const;
    Ran sh(std::string const& command) const { return run_shell(folder(), command); }
    std::string partnerd(std::string const& arguments) const;  // its output; std::runtime_error when it fails

  private:
    bool start();
    void stop();

    Folder folder_;
    std::string listen_, metrics_;
    pid_t server_ = 0;
};

}  // namespace docs
