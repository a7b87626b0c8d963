// bench_fill FILE CLICKS DAYS: puts clicks of the last DAYS days into the database of a stopped server, in time order, with what the
// server's roll-up writes beside them (server/tracking/click_queue.cpp): clicks of the links that are there, each link equally often.
// The file is not safe while this runs; a server's own clicks come later in the id order.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <tuple>

#include "sqlite_file.hpp"

namespace {

constexpr std::int64_t day_us = 86'400'000'000, ids_begin_ms = 1'735'689'600'000;  // ids count milliseconds from 2025-01-01
constexpr std::int64_t rows_per_commit = 200'000;

struct Link {
    std::int64_t program, link, partner;
};

struct Counts {
    std::int64_t clicks = 0, uniques = 0;
};

std::vector<Link> read_links(bench::SqliteFile& file) {
    std::vector<Link> links;
    auto select = file.prepare("select l.program, l.id, l.partner, p.zone from link l join program p on p.id = l.program");
    while (select.step()) {
        if (select.text(3) != "UTC") throw std::runtime_error("the programs must be in UTC: days are counted in it");
        links.push_back({select.number(0), select.number(1), select.number(2)});
    }
    if (links.empty()) throw std::runtime_error("there is no link");
    return links;
}

class Filler {
  public:
    explicit Filler(bench::SqliteFile& file)
        : file_(file),
          links_(read_links(file)),
          click_(file.prepare("insert into click (id, program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer) "
                              "values (?1, ?2, ?3, '', '', '', '', '', ?4, ?5, 'https://www.example.org/reviews/the-best-of-the-year')")),
          roll_up_(file.prepare("insert into rollup_traffic (program, partner, day, link, sub1, clicks, uniques) "
                                "values (?1, ?2, ?3, ?4, '', ?5, ?6) on conflict (program, partner, day, link, sub1) "
                                "do update set clicks = clicks + excluded.clicks, uniques = uniques + excluded.uniques")) {}

    void fill(std::int64_t clicks, std::int64_t from_us, std::int64_t until_us) {
        file_.run("begin");
        for (std::int64_t i = 0; i < clicks; ++i) {
            auto const part = static_cast<double>(i) / static_cast<double>(clicks);
            add(from_us + static_cast<std::int64_t>(static_cast<double>(until_us - from_us) * part));
            if (i % rows_per_commit != rows_per_commit - 1) continue;
            file_.run("commit");
            file_.run("begin");
        }
        roll_up();
        file_.run("commit");
    }

  private:
    void add(std::int64_t at_us) {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 7;
        random_ ^= random_ << 17;
        auto const& link = links_[random_ % links_.size()];
        auto const ms = at_us / 1000 - ids_begin_ms;
        sequence_ = ms == last_ms_ ? sequence_ + 1 : 0;
        last_ms_ = ms;
        if (sequence_ >= 8192) throw std::runtime_error("too many clicks in a millisecond: take more days");
        bool const unique = (random_ >> 40) % 4 != 0;
        click_.bind(1, (ms << 22) | sequence_);
        click_.bind(2, link.program);
        click_.bind(3, link.link);
        click_.bind(4, static_cast<std::int64_t>(random_ >> 1));
        click_.bind(5, std::int64_t{unique});
        click_.run();
        auto const day = at_us / day_us;
        if (day != day_) roll_up();
        day_ = day;
        auto& counts = counts_[{link.program, link.partner, link.link}];
        ++counts.clicks;
        counts.uniques += unique;
    }

    void roll_up() {
        for (auto const& [key, counts] : counts_) {
            roll_up_.bind(1, std::get<0>(key));
            roll_up_.bind(2, std::get<1>(key));
            roll_up_.bind(3, day_);
            roll_up_.bind(4, std::get<2>(key));
            roll_up_.bind(5, counts.clicks);
            roll_up_.bind(6, counts.uniques);
            roll_up_.run();
        }
        counts_.clear();
    }

    bench::SqliteFile& file_;
    std::vector<Link> const links_;
    bench::SqliteStatement click_, roll_up_;
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, Counts> counts_;  // of day_, by program, partner and link
    std::int64_t day_ = 0, last_ms_ = -1, sequence_ = 0;
    std::uint64_t random_ = 88172645463325252ULL;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return std::fprintf(stderr, "usage: bench_fill FILE CLICKS DAYS\n"), 2;
    try {
        bench::SqliteFile file(argv[1]);
        file.run("pragma journal_mode=delete; pragma synchronous=off; pragma journal_mode=off; pragma cache_size=-262144");
        auto const since_epoch = std::chrono::system_clock::now().time_since_epoch();
        auto const now_us = std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
        // It ends an hour ago, so that the clicks that are there already stay the newest.
        auto const until_us = now_us - 3'600'000'000;
        Filler(file).fill(std::atoll(argv[2]), until_us - std::atoll(argv[3]) * day_us, until_us);
        file.run("pragma journal_mode=wal");
        return 0;
    } catch (std::exception const& error) {
        std::fprintf(stderr, "bench_fill: %s\n", error.what());
        return 1;
    }
}
