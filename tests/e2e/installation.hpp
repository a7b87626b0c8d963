// The real binary of this build with a folder, a configuration and a database of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "database/test_database.hpp"
#include "e2e/process.hpp"

namespace partnerd::e2e {

struct PluginLine {
    std::string id;
    std::string file;  // empty: the build's own
    bool optional = false;
};

// Gone with its folder when it is destroyed. Ports are free ones of the loopback; no limit on the rate of requests.
class Installation {
  public:
    explicit Installation(std::vector<PluginLine> const& plugins = {{"coupons", {}, false}, {"referrals", {}, false}});
    // Another server on the database of `first`, which outlives it. `lines` go behind [server.limits].
    Installation(Installation const& first, std::string const& listen, std::string const& lines) : Installation(first.database(), listen, lines) {}
    // On a database of somebody else, by its storage.url.
    Installation(std::string url, std::string const& listen, std::string const& lines);
    Installation(Installation const&) = delete;
    Installation& operator=(Installation const&) = delete;
    ~Installation();

    std::filesystem::path const& folder() const noexcept { return folder_; }
    std::filesystem::path config() const { return folder_ / "partnerd.toml"; }
    std::string const& database() const noexcept { return url_; }  // its storage.url
    std::string const& database_name() const { return database_->name(); }  // on PostgreSQL, its own
    std::filesystem::path path(std::string const& name) const { return folder_ / name; }

    std::vector<std::string> command(std::vector<std::string> words) const;  // with the binary in front and --config behind
    // Any thread. Runs to the end; throws std::runtime_error after two minutes.
    Finished run(std::vector<std::string> words) const;
    // As run; throws std::runtime_error with what it said unless it ended with 0. Returns its standard output.
    std::string done(std::vector<std::string> words) const;
    std::unique_ptr<Process> start(std::vector<std::string> words) const;

  private:
    std::filesystem::path folder_;
    std::optional<testing::TestDatabase> database_;  // its own
    std::string url_;
};

std::filesystem::path binary();                       // bin/partnerd of this build
std::filesystem::path demo(std::string const& name);  // a file of etc/demo

}  // namespace partnerd::e2e
