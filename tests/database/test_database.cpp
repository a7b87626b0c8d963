#include "database/test_database.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "database/postgresql_cluster.hpp"

namespace partnerd::testing {

namespace {

std::string environment(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

std::string url_of(std::string const& name) { return "postgresql://partnerd@/" + name + "?host=" + cluster_folder(); }

}  // namespace

bool on_postgresql() {
    auto const wanted = environment("PARTNERD_TEST_STORAGE");
    if (wanted.empty() || wanted == "sqlite") return false;
    if (wanted == "postgresql") return true;
    throw std::runtime_error("PARTNERD_TEST_STORAGE is sqlite or postgresql, not " + wanted);
}

std::string cluster_folder() {
    auto const file = environment("PARTNERD_TEST_CLUSTER");
    if (file.empty()) return storage::PostgresqlCluster::running().folder().string();
    static std::string const folder = [&] {
        std::string line;
        if (!std::getline(std::ifstream(file), line)) throw std::runtime_error("no cluster runs: " + file + " is missing; run this test with ctest");
        return line;
    }();
    return folder;
}

void run_in_cluster(std::string const& database, std::string const& sql) {
    std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(
        PQconnectdb(("host=" + cluster_folder() + " user=partnerd dbname=" + database).c_str()), &PQfinish);
    if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(connection.get(), sql.c_str()), &PQclear);
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
}

TestDatabase::TestDatabase(std::filesystem::path const& file) {
    if (!on_postgresql()) {
        url_ = "sqlite://" + file.string();
        return;
    }
    static std::atomic<int> number{0};
    name_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++number);
    run_in_cluster("postgres", "create database " + name_);
    url_ = url_of(name_);
}

TestDatabase::~TestDatabase() {
    if (name_.empty()) return;
    try {
        run_in_cluster("postgres", "drop database if exists " + name_ + " with (force)");
    } catch (std::exception const&) {
        // The cluster was stopped under the test, or goes away with the run.
    }
}

}  // namespace partnerd::testing
