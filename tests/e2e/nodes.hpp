// Three servers on one PostgreSQL, behind the HAProxy of etc/haproxy.cfg or the nginx of etc/nginx.conf.
#pragma once

#include <array>
#include <optional>

#include "e2e/database.hpp"
#include "e2e/session.hpp"

namespace partnerd::e2e {

class Nodes {
  public:
    static constexpr std::size_t count = 3;

    // The program "retail" as etc/demo has it, live, and the partner "acme" in it with the link "landing". On a new database, or on the
    // empty one of `url`.
    explicit Nodes(std::string const& url = {}, bool nginx = false);
    Nodes(Nodes const&) = delete;
    Nodes& operator=(Nodes const&) = delete;
    ~Nodes();

    RunningServer& server(std::size_t node) { return *servers_[node]; }
    Installation const& installation(std::size_t node) const { return *installations_[node]; }
    std::uint16_t port() const noexcept { return port_; }  // of the balancer
    std::string const& key() const noexcept { return key_; }  // an operator's
    Session office(std::size_t node) { return Session(server(node), key_); }
    Session outside() const { return Session(port_, key_); }
    Database database() const { return Database(database_.database()); }
    std::string const& database_name() const { return database_.database_name(); }
    Installation const& any() const { return database_; }

    void stop(std::size_t node);   // SIGTERM; requires that it ends with 0
    void stop_all();               // likewise, at once
    void kill(std::size_t node);   // SIGKILL
    void start(std::size_t node);  // and waits until the balancer has had the time to see it
    void check_verified() const;
    // nginx only: the server gets no request any more, or again. Waits until every process of nginx knows it.
    void take_out(std::size_t node, bool out);
    std::uint16_t port_of(std::size_t node) const { return ports_[node]; }

  private:
    void balance();
    void balance_with_nginx();
    void write_nginx_config(std::size_t out) const;
    void wait_until_balanced();

    Installation database_;
    std::array<std::uint16_t, count> ports_{};
    std::array<std::optional<Installation>, count> installations_;
    std::array<std::unique_ptr<RunningServer>, count> servers_;
    std::uint16_t port_ = 0;
    std::optional<Process> balancer_;
    std::string key_;
};

}  // namespace partnerd::e2e
