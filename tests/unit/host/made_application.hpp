// An assembled server on a folder of its own, with the real plugins of this build.
#pragma once

#include <unistd.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "database/test_database.hpp"
#include "host/application.hpp"
#include "logging/log.hpp"

namespace partnerd::host {

struct MadeApplication {
    MadeApplication() {
        logging::set_level(logging::Level::off);
        static std::atomic<int> number{0};
        folder = std::filesystem::temp_directory_path() / ("partnerd-host-" + std::to_string(getpid()) + "-" + std::to_string(number++));
        std::filesystem::create_directories(folder);
        database = std::make_unique<testing::TestDatabase>(folder / "partnerd.db");
        config.storage.url = database->url();
        for (auto const* const id : {"coupons", "referrals"}) {
            config::Plugin plugin;
            plugin.id = id;
            plugin.file = std::string(PARTNERD_BINARY_DIR) + "/lib/partnerd/plugins/" + id + ".so";
            plugin.root_routes = true;
            config.plugin.push_back(plugin);
        }
    }
    ~MadeApplication() {
        application.reset();
        std::filesystem::remove_all(folder);
    }
    void start() { application = std::make_unique<Application>(config, Use::command); }

    imports::Answer ask(std::string method, std::string target, std::string body = {}) {
        LocalDoor door(application->dispatcher());
        return host::ask(door, {std::move(method), std::move(target), std::move(body)});
    }
    boost::json::object must(std::string method, std::string target, std::string body = {}) {
        auto const answer = ask(method, target, std::move(body));
        BOOST_TEST_REQUIRE(answer.status < 400, method << " " << target << ": " << answer.status << " " << answer.body);
        return answer.body.empty() ? boost::json::object() : boost::json::parse(answer.body).as_object();
    }
    std::string code(std::string method, std::string target, std::string body = {}) {
        auto const answer = ask(std::move(method), std::move(target), std::move(body));
        BOOST_TEST_REQUIRE(answer.status >= 400, "answered " << answer.status << " " << answer.body);
        return std::string(boost::json::parse(answer.body).as_object().at("code").as_string());
    }

    // As the command does, beside the server; with the plugins of the configuration as it is now.
    reports::Verification verify() {
        Application reading(config, Use::read);
        return reports::verify(reading.storage(), reading.rules(), reading.verify_options());
    }

    std::filesystem::path folder;
    std::unique_ptr<testing::TestDatabase> database;
    config::Config config;
    std::unique_ptr<Application> application;
};

inline constexpr char const* shop = R"({"program":{"handle":"shop","name":"Shop","currency":"GBP","zone":"Europe/London","hosts":["shop.example"],"destination":"https://shop.example/","status":"live"},
  "terms":{"hold_days":30,"window_days":30,"rules":[{"name":"base","rule":"percent@1","params":{"rate":"10%"}},
    {"name":"coupon","rule":"coupons.per_redemption@1","on":"redemption","params":{"amount":"0.75"}}]},
  "plugins":{"coupons":{},"referrals":{}},"partners":[{"handle":"acme"},{"handle":"zeta"}]})";

}  // namespace partnerd::host
