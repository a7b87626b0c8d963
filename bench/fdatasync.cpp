// bench_fdatasync FILE SECONDS: appends 4 KiB and calls fdatasync, again and again, from one thread; prints how often a second. It is what
// the disk does for a program that makes each request durable by itself.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "clock.hpp"

int main(int argc, char** argv) {
    if (argc != 3) return std::fprintf(stderr, "usage: bench_fdatasync FILE SECONDS\n"), 2;
    int const file = ::open(argv[1], O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return std::perror(argv[1]), 1;
    std::array<char, 4096> block;
    block.fill('x');
    auto const begin = bench::now_us();
    auto const end = begin + static_cast<std::int64_t>(std::atof(argv[2]) * 1e6);
    std::int64_t count = 0, now = begin;
    for (; now < end; now = bench::now_us(), ++count)
        if (::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) || ::fdatasync(file) != 0)
            return std::perror(argv[1]), 1;
    ::close(file);
    ::unlink(argv[1]);
    std::printf("%.1f\n", static_cast<double>(count) * 1e6 / static_cast<double>(now - begin));
    return 0;
}
