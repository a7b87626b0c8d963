// A primary and its synchronous standby, for a test that takes the primary away: private, on Unix sockets, with fsync on, gone with the
// object. A commit is acknowledged when both have it.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace partnerd::testing {

class PostgresqlPair {
  public:
    PostgresqlPair();
    ~PostgresqlPair();

    // Of the database "partnerd", wherever it can be written to.
    std::string url() const;
    void kill_primary();     // every process of it, at once, by SIGKILL
    void promote_standby();  // and lets it commit alone; returns when it has asked for it
    // The former primary as it was left, reachable at its old address.
    void start_former_primary() const;
    // It follows the new one, and its commits wait for it again.
    void follow_new_primary();
    void restart_primary();  // as behind a crash
    std::string ask(std::size_t server, std::string const& sql) const;  // one value, past partnerd

  private:
    std::string run(std::string const& command) const;  // as the user of the servers; its output
    std::filesystem::path data(std::size_t server) const { return folder_ / ("data" + std::to_string(server)); }
    std::filesystem::path socket(std::size_t server) const { return folder_ / ("at" + std::to_string(server)); }
    std::string program(std::string const& name) const;
    void start(std::size_t server) const;
    void copy_primary() const;

    std::filesystem::path folder_;
    std::size_t primary_ = 0;
};

}  // namespace partnerd::testing
