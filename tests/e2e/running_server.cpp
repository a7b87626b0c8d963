#include "e2e/running_server.hpp"

#include <signal.h>

#include <boost/json.hpp>
#include <stdexcept>
#include <thread>

namespace partnerd::e2e {

namespace {

constexpr auto patience = std::chrono::minutes(1);
constexpr auto step = std::chrono::milliseconds(5);

// The port in the event "ready"; 0 when it is not there yet.
std::uint16_t port_in(std::string const& log) {
    for (std::size_t begin = 0, end = 0; (end = log.find('\n', begin)) != std::string::npos; begin = end + 1) {
        boost::system::error_code ec;
        auto const event = boost::json::parse(std::string_view(log).substr(begin, end - begin), ec);
        if (ec || !event.is_object() || event.at("message") != "ready") continue;
        return static_cast<std::uint16_t>(event.at("port").to_number<int>());
    }
    return 0;
}

}  // namespace

RunningServer::RunningServer(Installation const& installation) : process_(installation.start({"serve"})) {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (port_ == 0) {
        if (process_->poll() || std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("the server did not become ready: " + log());
        std::this_thread::sleep_for(step);
        port_ = port_in(log());
    }
}

Ended RunningServer::stop() {
    process_->signal(SIGTERM);
    return wait();
}

void RunningServer::kill() {
    process_->signal(SIGKILL);
    wait();
}

void RunningServer::wait_for_log(std::string const& text) const {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (log().find(text) == std::string::npos) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the log never said '" + text + "': " + log());
        std::this_thread::sleep_for(step);
    }
}

}  // namespace partnerd::e2e
