// bench_load PORT SECONDS [--warmup SECONDS] --stream KEY=VALUE,... [--stream ...]
// Sends HTTP requests to 127.0.0.1:PORT from one thread and prints what came back as JSON: rates, latencies, answers by status.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "clock.hpp"
#include "stream.hpp"

namespace bench {
namespace {

constexpr std::int64_t drain_us = 10'000'000;  // answers still out at the end are waited for, so that counts are exact

struct Options {
    int port = 0;
    double seconds = 0, warmup = 0;
    std::vector<StreamSettings> streams;
};

Options parse(int argc, char** argv) {
    if (argc < 5) throw std::runtime_error("usage: bench_load PORT SECONDS [--warmup SECONDS] --stream KEY=VALUE,...");
    Options options;
    options.port = std::atoi(argv[1]);
    options.seconds = std::atof(argv[2]);
    for (int i = 3; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--warmup") == 0) options.warmup = std::atof(argv[i + 1]);
        else if (std::strcmp(argv[i], "--stream") == 0) options.streams.push_back(parse_stream(argv[i + 1]));
        else throw std::runtime_error(std::string("unknown option ") + argv[i]);
    }
    return options;
}

class Loop {
  public:
    explicit Loop(Options const& options) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(options.port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        char run[32];
        std::snprintf(run, sizeof run, "%llx", static_cast<unsigned long long>(now_us()));
        for (auto const& settings : options.streams)
            streams_.push_back(std::make_unique<Stream>(settings, epoll_, static_cast<std::uint32_t>(streams_.size()), address, run));
        auto const begin = now_us();
        auto const count_from = begin + static_cast<std::int64_t>(options.warmup * 1e6);
        end_us_ = count_from + static_cast<std::int64_t>(options.seconds * 1e6);
        for (auto& stream : streams_) stream->start(begin, count_from, end_us_);
    }
    ~Loop() { ::close(epoll_); }

    void run() {
        for (;;) {
            auto const now = now_us();
            std::int64_t next = end_us_ > now ? end_us_ : now + 100'000;
            bool finished = true;
            for (auto& stream : streams_) {
                next = std::min(next, stream->pump(now));
                finished = finished && stream->finished(now);
            }
            if (finished || now > end_us_ + drain_us) return;
            wait(next - now);
        }
    }

    void print() const {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        auto const cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
        std::printf("{\"load_cpu_seconds\":%.2f,\"streams\":[", cpu);
        for (std::size_t i = 0; i < streams_.size(); ++i) {
            if (i > 0) std::putchar(',');
            streams_[i]->print(stdout);
        }
        std::puts("]}");
    }

  private:
    void wait(std::int64_t microseconds) {
        epoll_event events[256];
        timespec timeout{};
        timeout.tv_sec = microseconds / 1'000'000;
        timeout.tv_nsec = (microseconds > 0 ? microseconds % 1'000'000 : 0) * 1000;
        int const count = ::epoll_pwait2(epoll_, events, 256, &timeout, nullptr);
        for (int i = 0; i < count; ++i) streams_[events[i].data.u64 >> 32]->readable(static_cast<std::uint32_t>(events[i].data.u64));
    }

    int const epoll_;
    std::int64_t end_us_ = 0;
    std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    try {
        auto const options = bench::parse(argc, argv);
        bench::Loop loop(options);
        loop.run();
        loop.print();
        return 0;
    } catch (std::exception const& error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 1;
    }
}
