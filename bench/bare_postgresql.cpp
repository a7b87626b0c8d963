// bench_bare_postgresql URL FILE SECONDS CONNECTIONS: writes conversions, modelled on those in the SQLite file FILE, into a PostgreSQL
// database that has the server's schema: one prepared statement each, one thread a connection, as durable as the server's. Prints
// conversions a second, then how many were run again after a conflict.
#include <libpq-fe.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <thread>

#include "clock.hpp"
#include "one_statement.hpp"

namespace {

constexpr std::size_t models_max = 1000;

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Result = std::unique_ptr<PGresult, Finish>;

Connection connect(char const* url) {
    Connection connection(PQconnectdb(url));
    if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    return connection;
}

void check(PGconn* connection, Result const& result) {
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(connection));
}

// The balances that conversions move must be there; their rows come from the models' database.
void copy_accounts(PGconn* connection, bench::SqliteFile& file) {
    auto select = file.prepare("select id, program, name, partner, currency, exponent, kept, balance_minor from account");
    check(connection, Result(PQexec(connection, "begin")));
    while (select.step()) {
        std::vector<std::string> texts;
        std::vector<char const*> values;
        for (int i = 0; i < select.columns(); ++i) texts.push_back(select.text(i));
        for (auto const& text : texts) values.push_back(text.c_str());
        check(connection, Result(PQexecParams(connection,
                                              "insert into account (id, program, name, partner, currency, exponent, kept, balance_minor) "
                                              "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
                                              static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0)));
    }
    check(connection, Result(PQexec(connection, "commit")));
}

struct Shared {
    bench::Models const& models;
    std::string const& sql;
    std::int64_t end_us;
    std::uint64_t first_number;
    std::atomic<std::uint64_t> count{0}, again{0};
};

bool is_conflict(Result const& result) {
    auto const* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    return state != nullptr && (std::strcmp(state, "40001") == 0 || std::strcmp(state, "40P01") == 0);
}

void write(PGconn* connection, Shared& shared, std::size_t worker) {
    check(connection, Result(PQprepare(connection, "conversion", shared.sql.c_str(), 0, nullptr)));
    bench::Copy copy(shared.first_number + (std::uint64_t{worker} << 32));
    std::vector<std::string> texts;
    std::vector<char const*> values;
    for (std::size_t i = worker * 61; bench::now_us() < shared.end_us; ++i) {
        auto const& model = shared.models.models[i % shared.models.models.size()];
        copy.begin(model);
        bench::one_statement_values(model, copy, texts);
        values.clear();
        for (auto const& text : texts) values.push_back(text.c_str());
        for (;;) {
            Result const result(
                PQexecPrepared(connection, "conversion", static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0));
            if (!is_conflict(result)) {
                check(connection, result);
                break;
            }
            ++shared.again;
        }
        ++shared.count;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return std::fprintf(stderr, "usage: bench_bare_postgresql URL FILE SECONDS CONNECTIONS\n"), 2;
    try {
        bench::SqliteFile file(argv[2]);
        auto const models = bench::read_models(file, models_max);
        auto const sql = bench::one_statement(models, models.models.front());
        std::vector<Connection> connections;
        for (int i = 0; i < std::atoi(argv[4]); ++i) connections.push_back(connect(argv[1]));
        copy_accounts(connections.at(0).get(), file);
        auto const begin = bench::now_us();
        Shared shared{models, sql, begin + static_cast<std::int64_t>(std::atof(argv[3]) * 1e6), bench::first_number()};
        std::atomic<bool> failed{false};
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < connections.size(); ++i)
            threads.emplace_back([&, i] {
                try {
                    write(connections[i].get(), shared, i);
                } catch (std::exception const& error) {
                    if (!failed.exchange(true)) std::fprintf(stderr, "bench_bare_postgresql: %s\n", error.what());
                }
            });
        for (auto& thread : threads) thread.join();
        std::printf("%.1f\n%llu\n", static_cast<double>(shared.count) * 1e6 / static_cast<double>(bench::now_us() - begin),
                    static_cast<unsigned long long>(shared.again));
        return failed ? 1 : 0;
    } catch (std::exception const& error) {
        std::fprintf(stderr, "bench_bare_postgresql: %s\n", error.what());
        return 1;
    }
}
