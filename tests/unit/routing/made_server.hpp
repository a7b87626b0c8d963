// A dispatcher over a real SQLite file in a directory of its own, and requests to it that wait for their answer.
#pragma once

#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "auth/api_key.hpp"
#include "auth/tables.hpp"
#include "database/test_database.hpp"
#include "domain/digest.hpp"
#include "routing/dispatcher.hpp"
#include "storage/schema.hpp"

namespace partnerd::routing {

class TempDir {
  public:
    TempDir() {
        std::string pattern = (std::filesystem::temp_directory_path() / "partnerd-routing-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    TempDir(TempDir const&) = delete;
    TempDir& operator=(TempDir const&) = delete;
    ~TempDir() { std::filesystem::remove_all(path_); }
    std::string const& path() const { return path_; }

  private:
    std::string path_;
};

class TestExchange final : public Exchange {
  public:
    void finish() noexcept override {
        std::lock_guard const lock(mutex_);
        ++finished_;
        done_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return finished_ > 0; });
    }
    int finished() {
        std::lock_guard const lock(mutex_);
        return finished_;
    }
    std::string header(std::string_view name) const {
        for (auto const& field : response.headers)
            if (field.name == name) return field.value;
        return "";
    }

  private:
    std::mutex mutex_;
    std::condition_variable done_;
    int finished_ = 0;
};

class Programs final : public ProgramDirectory {
  public:
    std::map<std::string, Id, std::less<>> ids{{"shop", 11}, {"club", 12}};
    std::map<Id, std::string> plugin{{11, "coupons"}};
    std::optional<Id> find(std::string_view text) const override {
        auto const found = ids.find(text);
        if (found != ids.end()) return found->second;
        auto const id = parse_id("prg", text);
        for (auto const& [handle, known] : ids)
            if (id && *id == known) return known;
        return std::nullopt;
    }
    bool plugin_enabled(Id program, std::string_view name) const override {
        auto const found = plugin.find(program);
        return found != plugin.end() && found->second == name;
    }
};

// What a request sends beside its method and target.
struct Sent {
    std::string key;  // an API key
    std::string body;
    std::string idempotency_key;
    std::vector<Field> headers;
    std::string type = "application/json";
    std::string ip = "192.0.2.1";
};

inline std::unique_ptr<TestExchange> made_request(std::string method, std::string target, Sent sent = {}) {
    auto exchange = std::make_unique<TestExchange>();
    auto& request = exchange->request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = std::move(sent.headers);
    if (!sent.key.empty()) request.headers.push_back({"authorization", "Bearer " + sent.key});
    if (!sent.idempotency_key.empty()) request.headers.push_back({"idempotency-key", sent.idempotency_key});
    if (!sent.body.empty() && !sent.type.empty()) request.headers.push_back({"content-type", sent.type});
    request.body = std::move(sent.body);
    request.client_ip = sent.ip;
    request.request_id = "req_test";
    return exchange;
}

inline std::unique_ptr<TestExchange> call(Handler& handler, std::string method, std::string target, Sent sent = {}) {
    auto exchange = made_request(std::move(method), std::move(target), std::move(sent));
    handler.handle(*exchange);
    exchange->wait();
    return exchange;
}

// The tables of keys and a table of things, in a file that stays when the storage is closed and opened again.
class MadeStorage {
    TempDir dir_;
    testing::TestDatabase database_{dir_.path() + "/test.db"};

  public:
    MadeStorage() { open(); }
    void open() {
        storage::StorageSettings settings;
        settings.url = database_.url();
        storage = storage::open_storage(settings);
        storage::migrate(*storage, "core", {first_migration()});
        keys = std::make_unique<auth::KeyRing>();
        keys->load(*storage);
    }
    static storage::Migration first_migration() {
        static storage::TableList const things{"create table thing (id {id}, name text not null, n bigint not null)",
                                               "create unique index thing_name on thing (name)"};
        return storage::make_migration(1, "first", {auth::auth_tables(), things});
    }
    void close() { storage.reset(); }
    std::string new_key(auth::KeyKind kind, Id principal = 0, bool test = false, std::string scopes = {}) {
        std::string secret;
        storage->write([&](storage::Tx& tx) {
            secret = auth::create_key(tx, *keys, mint, {kind, principal, test, scopes, "", 0}, clock.now_us()).value().secret;
            return true;
        });
        return secret;
    }
    std::int64_t count(std::string_view sql) {
        std::int64_t number = -1;
        storage->read([&](storage::Tx& tx) { number = tx.value<std::int64_t>(sql).value(); });
        return number;
    }

    ManualClock clock{1'800'000'000'000'000};
    IdMint mint{clock, 1};
    std::unique_ptr<storage::Storage> storage;
    std::unique_ptr<auth::KeyRing> keys;
    Programs programs;

};

}  // namespace partnerd::routing
