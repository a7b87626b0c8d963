// Peers over LISTEN and NOTIFY, with a session of its own whose lock is the node's number.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "storage/peers.hpp"
#include "storage/postgresql_wire.hpp"
#include "storage/url.hpp"

namespace partnerd::storage {

class PostgresqlPeers final : public Peers {
  public:
    explicit PostgresqlPeers(Url const& url);
    ~PostgresqlPeers() override;

    bool take(int node) override;
    void leave(int node) override;
    std::string holder(int node) override;
    void start(Hearing hearing) override;
    void stop() override;

  private:
    using Time = std::chrono::steady_clock::time_point;

    void join(PostgresqlWire::Meanwhile const& meanwhile);
    std::string ask(std::string const& sql);  // [main]
    // On the thread that listens:
    void run();
    void attend();
    void beat();
    void deaf(std::string const& why);
    void rest(std::chrono::milliseconds pause);
    bool keep_up();  // hears what came, forgets what cannot be trusted; false: it shall stop
    void forget(Time now);

    std::string const conninfo_, shown_;
    std::unique_ptr<PostgresqlWire> wire_;  // null: the session was lost
    Hearing hearing_;
    int node_ = -1;         // taken; -1: none
    bool seated_ = false;   // this session has its lock
    bool deaf_ = false;     // there is no session that listens
    bool missed_ = false;   // something may have been, and nobody was told yet
    Time answered_at_{}, forgot_at_{};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace partnerd::storage
