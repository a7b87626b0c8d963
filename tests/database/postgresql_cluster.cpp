#include "database/postgresql_cluster.hpp"

#include <unistd.h>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace partnerd::storage {
namespace {

constexpr char const* folder_of_programs = "/usr/lib/postgresql/15/bin";

std::string quoted(std::string const& text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

// PostgreSQL refuses to run as root; the package made the user postgres.
std::string as_its_user(std::string const& command) {
    return "cd / && " + std::string(::geteuid() == 0 ? "runuser -u postgres -- " : "") + "sh -c " + quoted(command);
}

}  // namespace

PostgresqlCluster& PostgresqlCluster::running() {
    static PostgresqlCluster cluster;
    return cluster;
}

void PostgresqlCluster::run(std::string const& command) const {
    auto const full = as_its_user(command) + " 2>&1 </dev/null";
    std::FILE* pipe = ::popen(full.c_str(), "re");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string output;
    std::array<char, 4096> buffer;
    while (auto const size = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), size);
    if (::pclose(pipe) != 0) throw std::runtime_error(command + " failed: " + output);
}

PostgresqlCluster::PostgresqlCluster() : programs_(folder_of_programs) {
    if (!std::filesystem::exists(programs_ / "initdb"))
        throw std::runtime_error("PostgreSQL 15 is missing in " + programs_.string() +
                                 "; install it with: sudo apt-get install -y postgresql-15");
    auto pattern = (std::filesystem::temp_directory_path() / "partnerd-pg-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed for " + pattern);
    folder_ = pattern;
    std::filesystem::permissions(folder_, std::filesystem::perms::all);
    auto const data = quoted((folder_ / "data").string());
    run(quoted((programs_ / "initdb").string()) + " -D " + data +
        " -U partnerd -A trust --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-instructions");
    // The log of pg_ctl goes to a file: a server that holds the pipe's end would keep popen waiting.
    run(quoted((programs_ / "pg_ctl").string()) + " -D " + data + " -w -t 60 -l " + quoted((folder_ / "log").string()) +
        " -o \"-c listen_addresses='' -c unix_socket_directories=" + folder_.string() +
        " -c fsync=on -c max_connections=200 -c shared_buffers=32MB\" start >/dev/null");
    auto const stop = "cat >/dev/null; " + quoted((programs_ / "pg_ctl").string()) + " -D " + data +
                      " -w -t 60 -m immediate stop >/dev/null; rm -rf " + data + " " + quoted((folder_ / "log").string());
    stopper_ = ::popen(as_its_user(stop).c_str(), "we");
    if (stopper_ == nullptr) throw std::runtime_error("cannot run " + stop);
}

// Closing the pipe lets the shell behind it stop the server; so does the end of this process, however it comes.
PostgresqlCluster::~PostgresqlCluster() {
    ::pclose(stopper_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void PostgresqlCluster::run_sql(std::string const& user, std::string const& sql) {
    run(quoted((programs_ / "psql").string()) + " -X -q -v ON_ERROR_STOP=1 -h " + quoted(folder_.string()) + " -U " + quoted(user) +
        " -d postgres -c " + quoted(sql));
}

void PostgresqlCluster::create_user(std::string const& name) {
    run_sql("partnerd", "create role " + name + " superuser login; create schema " + name + " authorization " + name + "; alter role " +
                            name + " set search_path = " + name);
}

void PostgresqlCluster::restart_at_once() {
    run(quoted((programs_ / "pg_ctl").string()) + " -D " + quoted((folder_ / "data").string()) + " -w -t 60 -m immediate -l " +
        quoted((folder_ / "log").string()) + " restart >/dev/null");
}

void PostgresqlCluster::end_sessions(std::string const& user) {
    run_sql("partnerd", "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + user + "'");
}

std::string PostgresqlCluster::url(std::string const& user) const { return "postgresql://" + user + "@/postgres?host=" + folder_.string(); }

}  // namespace partnerd::storage
