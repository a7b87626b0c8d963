// Where a test keeps its data: a SQLite file in its folder, or, with PARTNERD_TEST_STORAGE=postgresql, a database of its own in a
// cluster: the one that ctest started for the run (PARTNERD_TEST_CLUSTER names the file that says where), else one of this process.
#pragma once

#include <filesystem>
#include <string>

namespace partnerd::testing {

bool on_postgresql();

// Empty when it is made, gone when it is destroyed; whoever uses it has closed it before. [any thread]
class TestDatabase {
  public:
    explicit TestDatabase(std::filesystem::path const& file);  // the file is SQLite's
    TestDatabase(TestDatabase const&) = delete;
    TestDatabase& operator=(TestDatabase const&) = delete;
    ~TestDatabase();

    std::string const& url() const noexcept { return url_; }  // as storage.url takes it
    std::string const& name() const noexcept { return name_; }  // on PostgreSQL; empty on SQLite

  private:
    std::string name_, url_;
};

// The folder of the cluster's socket. Throws std::runtime_error with the way out where there is none.
std::string cluster_folder();
// Runs SQL in a database of the cluster past partnerd; throws std::runtime_error with the server's words.
void run_in_cluster(std::string const& database, std::string const& sql);

}  // namespace partnerd::testing
