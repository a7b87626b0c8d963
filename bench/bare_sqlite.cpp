// bench_bare_sqlite FILE SECONDS BATCH: writes conversions into a copy of the server's database with prepared statements from one thread,
// BATCH to a commit, as durably as the server does (WAL, synchronous=FULL). No HTTP, no rules, no questions asked: the ceiling of the disk
// and of SQLite. Prints conversions a second, then the rows of one by table.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "clock.hpp"
#include "model.hpp"

namespace {

constexpr std::size_t models_max = 1000;

class Writer {
  public:
    Writer(bench::SqliteFile& file, bench::Models const& models) : file_(file), models_(models), copy_(bench::first_number()) {
        for (auto const& sql : models.statements) statements_.push_back(file.prepare(sql));
    }

    void write(std::size_t number) {
        auto const& model = models_.models[number % models_.models.size()];
        copy_.begin(model);
        for (auto const& one : model.writes) {
            auto& statement = statements_[one.statement];
            if (texts_.size() < one.cells.size()) texts_.resize(one.cells.size());
            for (std::size_t i = 0; i < one.cells.size(); ++i) {
                auto const& cell = one.cells[i];
                if (bench::Copy::is_number(cell)) statement.bind(static_cast<int>(i + 1), copy_.number(cell));
                else statement.bind(static_cast<int>(i + 1), copy_.text(cell, texts_[i]));
            }
            statement.run();
        }
    }

    void write_batch(std::size_t first, std::size_t count) {
        file_.run("begin immediate");
        for (std::size_t i = 0; i < count; ++i) write(first + i);
        file_.run("commit");
    }

  private:
    bench::SqliteFile& file_;
    bench::Models const& models_;
    bench::Copy copy_;
    std::vector<bench::SqliteStatement> statements_;
    std::vector<std::string> texts_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return std::fprintf(stderr, "usage: bench_bare_sqlite FILE SECONDS BATCH\n"), 2;
    try {
        bench::SqliteFile file(argv[1]);
        file.run("pragma foreign_keys=on; pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-65536");
        auto const models = bench::read_models(file, models_max);
        Writer writer(file, models);
        auto const batch = static_cast<std::size_t>(std::max(1, std::atoi(argv[3])));
        auto const begin = bench::now_us();
        auto const end = begin + static_cast<std::int64_t>(std::atof(argv[2]) * 1e6);
        std::size_t count = 0;
        auto now = begin;
        for (; now < end; now = bench::now_us(), count += batch) writer.write_batch(count, batch);
        std::printf("%.1f\n", static_cast<double>(count) * 1e6 / static_cast<double>(now - begin));
        for (auto const& [table, rows] : models.rows) std::printf("%s\t%zu\n", table.c_str(), rows);
        return 0;
    } catch (std::exception const& error) {
        std::fprintf(stderr, "bench_bare_sqlite: %s\n", error.what());
        return 1;
    }
}
