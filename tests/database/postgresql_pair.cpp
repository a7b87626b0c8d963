#include "database/postgresql_pair.hpp"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace partnerd::testing {

namespace {

constexpr char const* folder_of_programs = "/usr/lib/postgresql/15/bin/";
constexpr auto patience = std::chrono::seconds(60);

std::string quoted(std::string const& text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

template <class Condition>
void wait_until(char const* what, Condition const& is_so) {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(std::string("in a minute it was not so that ") + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace

std::string PostgresqlPair::run(std::string const& command) const {
    // PostgreSQL refuses to run as root; the package made the user postgres.
    auto const full = "cd / && " + std::string(::geteuid() == 0 ? "runuser -u postgres -- " : "") + "sh -c " + quoted(command) + " 2>&1 </dev/null";
    std::FILE* const pipe = ::popen(full.c_str(), "re");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string output;
    char buffer[4096];
    while (auto const size = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
    if (::pclose(pipe) != 0) throw std::runtime_error(command + " failed: " + output);
    return output;
}

std::string PostgresqlPair::program(std::string const& name) const { return quoted(folder_of_programs + name); }

std::string PostgresqlPair::ask(std::size_t server, std::string const& sql) const {
    auto text = run(program("psql") + " -X -q -A -t -v ON_ERROR_STOP=1 -h " + quoted(socket(server).string()) + " -U partnerd -d postgres -c " + quoted(sql));
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

void PostgresqlPair::start(std::size_t server) const {
    auto const log = quoted((folder_ / "log").string());
    run(program("pg_ctl") + " -D " + quoted(data(server).string()) + " -w -t 60 -l " + log + " -o \"-c listen_addresses='' -c unix_socket_directories=" +
        socket(server).string() + "\" start >/dev/null || { tail -20 " + log + "; false; }");
}

void PostgresqlPair::copy_primary() const {
    auto const standby = 1 - primary_;
    run(program("pg_basebackup") + " -h " + quoted(socket(primary_).string()) + " -U partnerd -D " + quoted(data(standby).string()) + " -c fast -X stream");
    run("printf '%s\\n' " + quoted("primary_conninfo = 'host=" + socket(primary_).string() + " user=partnerd application_name=standby'") +
        " \"synchronous_standby_names = ''\" >> " + quoted((data(standby) / "postgresql.auto.conf").string()) + " && touch " + quoted((data(standby) / "standby.signal").string()));
    start(standby);
    ask(primary_, "alter system set synchronous_standby_names = 'standby'");
    ask(primary_, "select pg_reload_conf()");
    wait_until("the standby is synchronous", [&] { return ask(primary_, "select sync_state from pg_stat_replication") == "sync"; });
}

PostgresqlPair::PostgresqlPair() {
    auto pattern = (std::filesystem::temp_directory_path() / "partnerd-pair-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed for " + pattern);
    folder_ = pattern;
    std::filesystem::permissions(folder_, std::filesystem::perms::all);
    run("mkdir " + quoted(socket(0).string()) + " " + quoted(socket(1).string()));
    run(program("initdb") + " -D " + quoted(data(0).string()) + " -U partnerd -A trust --encoding=UTF8 --locale=C.UTF-8 --no-instructions -N");
    run("printf '%s\\n' fsync=on max_connections=200 shared_buffers=32MB synchronous_commit=on wal_retrieve_retry_interval=500ms >> " + quoted((data(0) / "postgresql.conf").string()));
    start(0);
    ask(0, "create database partnerd");
    copy_primary();
}

PostgresqlPair::~PostgresqlPair() {
    for (std::size_t server : {0, 1}) {
        try {
            run(program("pg_ctl") + " -D " + quoted(data(server).string()) + " -w -t 60 -m immediate stop >/dev/null");
        } catch (std::exception const&) {
            // It does not run.
        }
    }
    try {
        run("rm -rf " + quoted(data(0).string()) + " " + quoted(data(1).string()) + " " + quoted((folder_ / "log").string()));
    } catch (std::exception const&) {
        // What is left lies in the folder of temporary files.
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string PostgresqlPair::url() const {
    return "postgresql://partnerd@/partnerd?host=" + socket(0).string() + "," + socket(1).string() + "&target_session_attrs=read-write";
}

void PostgresqlPair::kill_primary() {
    auto const pids = ask(primary_, "select string_agg(pid::text, ' ') from pg_stat_activity where pid <> pg_backend_pid()");
    // The first of all: it would start the others anew.
    run("kill -9 $(head -1 " + quoted((data(primary_) / "postmaster.pid").string()) + ") " + pids + " 2>/dev/null; true");
}

// As on a machine that was off: nobody has the numbers of its processes.
void PostgresqlPair::start_former_primary() const {
    auto const former = 1 - primary_;
    run("rm -f " + quoted((data(former) / "postmaster.pid").string()) + " " + quoted((socket(former) / ".s.PGSQL.5432.lock").string()));
    start(former);
}

void PostgresqlPair::promote_standby() {
    primary_ = 1 - primary_;
    run(program("pg_ctl") + " -D " + quoted(data(primary_).string()) + " -W promote >/dev/null");
}

void PostgresqlPair::follow_new_primary() {
    auto const former = 1 - primary_;
    run(program("pg_ctl") + " -D " + quoted(data(former).string()) + " -w -t 60 -m immediate stop >/dev/null 2>&1 || true");
    run("rm -rf " + quoted(data(former).string()));
    copy_primary();
}

void PostgresqlPair::restart_primary() {
    run(program("pg_ctl") + " -D " + quoted(data(primary_).string()) + " -w -t 60 -m immediate -l " + quoted((folder_ / "log").string()) +
        " -o \"-c listen_addresses='' -c unix_socket_directories=" + socket(primary_).string() + "\" restart >/dev/null");
}

}  // namespace partnerd::testing
