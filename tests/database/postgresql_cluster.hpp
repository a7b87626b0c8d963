// A private PostgreSQL for a test run: made with initdb in a temporary folder, on a Unix socket only, with fsync on, stopped at
// the end. Throws with the apt line when PostgreSQL is not installed: the contract holds on both databases or it does not hold.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>

namespace partnerd::storage {

class PostgresqlCluster {
  public:
    static PostgresqlCluster& running();  // started at the first call, stopped when the process ends
    ~PostgresqlCluster();

    std::filesystem::path const& folder() const noexcept { return folder_; }  // of the socket
    // A user with an empty schema of its own: as good as an empty database, and much cheaper to make and remove.
    void create_user(std::string const& name);
    std::string url(std::string const& user) const;  // as storage.url takes it
    void restart_at_once();  // as after a crash: without a last checkpoint
    // Ends every session of `user` as a crash or an operator would.
    void end_sessions(std::string const& user);
    void run_sql(std::string const& user, std::string const& sql);

  private:
    PostgresqlCluster();
    void run(std::string const& command) const;  // as the user of the cluster; throws with the output

    std::filesystem::path folder_, programs_;
    std::FILE* stopper_ = nullptr;
};

}  // namespace partnerd::storage
