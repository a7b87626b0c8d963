// bench_start PORT SETTLE_SECONDS COMMAND...: starts a server, asks GET /readyz on 127.0.0.1:PORT each half millisecond until it answers
// 200, lets it settle, ends it with SIGTERM and prints "milliseconds-to-ready resident-KiB".
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "clock.hpp"

namespace {

constexpr std::int64_t patience_us = 60'000'000;

bool is_ready(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    constexpr char request[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char answer[16] = {};
    bool const ready = ::connect(socket, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0 &&
                       ::send(socket, request, sizeof request - 1, MSG_NOSIGNAL) > 0 && ::recv(socket, answer, 12, MSG_WAITALL) == 12 &&
                       std::strncmp(answer, "HTTP/1.1 200", 12) == 0;
    ::close(socket);
    return ready;
}

long resident_kib(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return std::fprintf(stderr, "usage: bench_start PORT SETTLE_SECONDS COMMAND...\n"), 2;
    int const port = std::atoi(argv[1]);
    if (is_ready(port)) return std::fprintf(stderr, "bench_start: somebody answers on port %d already\n", port), 1;
    auto const begin = bench::now_us();
    pid_t const pid = ::fork();
    if (pid == 0) {
        ::execv(argv[3], argv + 3);
        std::perror(argv[3]);
        ::_exit(127);
    }
    bool ready = false;
    int status = 0;
    while (!(ready = is_ready(port)) && bench::now_us() - begin < patience_us && ::waitpid(pid, &status, WNOHANG) == 0) ::usleep(500);
    auto const took = bench::now_us() - begin;
    if (ready) ::usleep(static_cast<useconds_t>(std::atof(argv[2]) * 1e6));
    auto const resident = resident_kib(pid);
    ::kill(pid, SIGTERM);
    ::waitpid(pid, &status, 0);
    if (!ready) return std::fprintf(stderr, "bench_start: the server did not become ready\n"), 1;
    std::printf("%.1f %ld\n", static_cast<double>(took) / 1000.0, resident);
    return 0;
}
