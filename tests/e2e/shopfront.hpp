// A running server with the retail program: what most tests begin with.
#pragma once

#include <memory>

#include "e2e/database.hpp"
#include "e2e/session.hpp"

namespace partnerd::e2e {

// The program "retail" as etc/demo has it, live, and the partners "acme" and "zeta" in it.
class Shopfront {
  public:
    Shopfront();
    // Another program from text, a TOML file for `partnerd apply`; it has no partners yet.
    explicit Shopfront(std::string const& program_toml);

    Installation const& installation() const noexcept { return installation_; }
    RunningServer& server() { return *server_; }
    Session& office() { return *office_; }  // an operator
    Session merchant(std::string const& program = "retail") const;
    Session partner(std::string const& handle) const;
    Session stranger() const { return Session(*server_, {}); }
    Database database() const { return Database(installation_.database()); }

    // These require what they ask for.
    void apply(std::string const& program_toml);
    void enroll(std::string const& handle, boost::json::object details = {}, std::string const& program = "retail");
    void make_link(std::string const& handle, std::string const& code, std::string const& program = "retail");
    std::string click(std::string const& code);  // its click id
    void check_verified() const;
    // Stops the server, changes the file of its database, and starts it again. Sessions made before are of the old one, but for office().
    void restart_after(std::string const& sql);

  private:
    Installation installation_;
    std::unique_ptr<RunningServer> server_;
    std::string key_;
    std::unique_ptr<Session> office_;
};

}  // namespace partnerd::e2e
