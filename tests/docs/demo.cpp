#include "docs/demo.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "docs/markdown.hpp"

namespace docs {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view demo_listen = "127.0.0.1:8080", demo_metrics = "127.0.0.1:9464";

// The demo's data as ./run prepares them; once for all tests of the process.
fs::path const& prepared() {
    static Folder const folder;
    static bool const made = [] {
        fs::path const source = PARTNERD_SOURCE_DIR;
        fs::create_directories(folder.path / "build");
        fs::create_directory_symlink(PARTNERD_BINARY_DIR, folder.path / "build/release");
        for (auto const* const name : {"etc", "plugins"}) fs::copy(source / name, folder.path / name, fs::copy_options::recursive);
        fs::create_directories(folder.path / "data/demo");
        auto const ran = run_shell(folder.path, "build/release/bin/partnerd demo --config etc/demo.toml");
        if (ran.status != 0) throw std::runtime_error("partnerd demo failed:\n" + ran.output);
        return true;
    }();
    static_cast<void>(made);
    return folder.path;
}

std::string free_address() {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    bool const bound = socket >= 0 && ::bind(socket, raw, size) == 0 && ::getsockname(socket, raw, &size) == 0;
    ::close(socket);
    if (!bound) throw std::runtime_error("no port is free");
    return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

pid_t spawn(fs::path const& folder, std::vector<std::string> words, fs::path const& output) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    auto const child = ::fork();
    if (child != 0) return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves nothing behind
    int const in = ::open("/dev/null", O_RDONLY), out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (::chdir(folder.c_str()) != 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0) ::_exit(126);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

int status_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Folder::Folder() {
    std::string name = (fs::temp_directory_path() / "pd-docs-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
    path = name;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

Ran run_shell(fs::path const& folder, std::string const& command) {
    auto const output = folder / "output.txt";
    Ran ran;
    ran.status = status_of(spawn(folder, {"timeout", "120", "sh", "-c", command}, output));
    ran.output = read_text(output);
    return ran;
}

Demo::Demo() {
    fs::copy(prepared(), folder(), fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    // Somebody may take a free port before the server does.
    for (int attempt = 0; attempt < 5; ++attempt)
        if (start()) return;
    throw std::runtime_error("the server does not start:\n" + read_text(folder() / "server.log"));
}

bool Demo::start() {
    listen_ = free_address();
    metrics_ = free_address();
    auto const config = fs::path("etc/demo.toml");
    std::ofstream(folder() / config) << here(read_text(prepared() / config));
    std::ofstream(folder() / "server.log") << "";
    server_ = spawn(folder(), {"build/release/bin/partnerd", "serve", "--config", config.string()}, folder() / "server.log");
    for (int turn = 0; turn < 1200; ++turn) {
        if (read_text(folder() / "server.log").find("\"message\":\"ready\"") != std::string::npos) return true;
        if (::waitpid(server_, nullptr, WNOHANG) != 0) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    stop();
    return false;
}

void Demo::stop() {
    if (server_ <= 0) return;
    ::kill(server_, SIGTERM);
    ::waitpid(server_, nullptr, 0);
    server_ = 0;
}

Demo::~Demo() { stop(); }

std::string Demo::here(std::string text) const { return replaced(replaced(std::move(text), demo_listen, listen_), demo_metrics, metrics_); }

std::string Demo::partnerd(std::string const& arguments) const {
    auto const ran = sh("build/release/bin/partnerd " + arguments + " --config etc/demo.toml 2>stderr.txt");
    if (ran.status != 0) throw std::runtime_error("partnerd " + arguments + ": " + ran.output + read_text(folder() / "stderr.txt"));
    return ran.output;
}

}  // namespace docs
