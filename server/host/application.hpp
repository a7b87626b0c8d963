// The assembled house: storage, kernel, plugins and routes, wired once. No sockets: serve adds them, commands go without.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "host/local_door.hpp"
#include "metrics/registry.hpp"
#include "reports/verify.hpp"
#include "routing/dispatcher.hpp"
#include "rules/registry.hpp"
#include "storage/storage.hpp"

namespace partnerd::host {

enum class Use {
    serve,    // the only writing process; migrates the tables; logs requests
    command,  // the same, for the length of a command
    read,   // beside whoever writes: reads, and offers the rules; takes no request
};

class Application {
  public:
    // Throws std::runtime_error with a message for an operator: the storage is taken, a plugin failed, a migration was refused.
    Application(config::Config const& config, Use use);
    ~Application();

    // [main] Jobs and the outbox begin to work. not for Use::read.
    void start_background();
    // [main] From now on /readyz answers 503, and everything else as before.
    void announce_stop();
    // [main] No new request, then no job; true when nothing is under way any more.
    bool drain(std::chrono::milliseconds patience);

    routing::Dispatcher& dispatcher();  // not for Use::read
    storage::Storage& storage();
    int node() const;  // of the ids it mints
    rules::RuleRegistry const& rules() const;
    metrics::Registry& metrics();
    Clock const& clock() const;
    int release_and_seal();             // what the jobs would do by and by; for the end of an import
    Result<std::string> openapi() const;
    std::string plugins_json() const;
    reports::VerifyOptions verify_options() const;  // with the checks of the plugins
    // The tables of the core, then of each plugin that is loaded, for making them elsewhere: owner and steps.
    std::vector<std::pair<std::string, std::vector<storage::Migration>>> schemas() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace partnerd::host
