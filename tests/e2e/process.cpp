#include "e2e/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace partnerd::e2e {

namespace {

int open_for_child(char const* path, int flags) {
    int const descriptor = ::open(path, flags | O_CLOEXEC, 0600);
    if (descriptor < 0) throw std::runtime_error(std::string(path) + " cannot be opened");
    return descriptor;
}

// Between fork and exec only what is safe after fork in a process with threads.
[[noreturn]] void become(std::vector<char*> const& argv, int in, int out, int err) {
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

}  // namespace

Process::Process(std::vector<std::string> argv, std::filesystem::path out, std::filesystem::path err)
    : out_(std::move(out)), err_(std::move(err)) {
    std::vector<char*> pointers;
    for (auto& argument : argv) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    int const in_file = open_for_child("/dev/null", O_RDONLY);
    int const out_file = open_for_child(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
    int const err_file = open_for_child(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
    pid_ = ::fork();
    if (pid_ == 0) become(pointers, in_file, out_file, err_file);
    for (int const descriptor : {in_file, out_file, err_file}) ::close(descriptor);
    if (pid_ < 0) throw std::runtime_error("no process could be started");
}

Process::~Process() {
    if (poll()) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
    if (!ended_) ::kill(pid_, number);
}

std::optional<Ended> Process::poll() {
    if (ended_) return ended_;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    ended_ = WIFEXITED(status) ? Ended{WEXITSTATUS(status), 0} : Ended{-1, WTERMSIG(status)};
    return ended_;
}

Ended Process::wait(std::chrono::milliseconds at_most) {
    auto const deadline = std::chrono::steady_clock::now() + at_most;
    while (!poll()) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("the process runs longer than it may: " + read_text(err_));
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return *ended_;
}

std::string read_text(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_text(std::filesystem::path const& path, std::string const& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    if (!file.flush()) throw std::runtime_error(path.string() + " cannot be written");
}

}  // namespace partnerd::e2e
