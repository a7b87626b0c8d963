#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <thread>

#include "auth/api_key.hpp"
#include "auth/audit.hpp"
#include "auth/key_ring.hpp"
#include "auth/tables.hpp"
#include "database/test_database.hpp"
#include "domain/digest.hpp"
#include "storage/schema.hpp"

namespace partnerd::auth {

BOOST_AUTO_TEST_SUITE(keys)

namespace {

struct Made {
    std::string dir;
    std::unique_ptr<testing::TestDatabase> database;
    ManualClock clock{1'800'000'000'000'000};
    IdMint mint{clock, 1};
    std::unique_ptr<storage::Storage> storage;
    KeyRing ring;

    Made() {
        std::string pattern = (std::filesystem::temp_directory_path() / "partnerd-auth-XXXXXX").string();
        dir = ::mkdtemp(pattern.data());
        storage::StorageSettings settings;
        database = std::make_unique<testing::TestDatabase>(dir + "/test.db");
        settings.url = database->url();
        storage = storage::open_storage(settings);
        storage::migrate(*storage, "core", {storage::make_migration(1, "first", {auth_tables()})});
    }
    ~Made() {
        storage.reset();
        std::filesystem::remove_all(dir);
    }
    bool write(std::function<bool(storage::Tx&)> const& work) { return storage->write(work); }
    IssuedKey create(NewKey const& wanted) {
        IssuedKey issued;
        write([&](storage::Tx& tx) {
            issued = create_key(tx, ring, mint, wanted, clock.now_us()).value();
            return true;
        });
        return issued;
    }
    std::vector<KeyRow> list(std::optional<KeyKind> kind = {}, std::optional<Id> principal = {}) {
        std::vector<KeyRow> rows;
        storage->read([&](storage::Tx& tx) { rows = list_keys(tx, kind, principal); });
        return rows;
    }
    bool opens(std::string const& secret) { return ring.find(secret, clock.now_us()).has_value(); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_does_not_look_like_a_key_is_told_apart) {
    auto const token = random_token();
    for (std::string const& text : {std::string(), std::string("pd_op_live_"), token, "pd_op_live_" + token + "0",
                                    "pd_op_live_" + token.substr(1), "pd_xx_live_" + token, "pd_op_prod_" + token, "PD_OP_LIVE_" + token,
                                    "pd-op-live-" + token, "sk_op_live_" + token, "pd_op_live_" + token.substr(1) + "!",
                                    "pd_op_live_" + token.substr(1) + "A", "pd_op_live_" + token.substr(1) + std::string(1, '\0')}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(!looks_like_key(text)); }
    }
    for (auto const* letters : {"op", "mr", "pt"})
        for (auto const* mode : {"live", "test"}) BOOST_TEST(looks_like_key(std::string("pd_") + letters + "_" + mode + "_" + token));
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_made_are_refused) {
    Made made;
    auto const past = made.clock.now_us();
    for (auto const& [wanted, field] :
         std::vector<std::pair<NewKey, std::string>>{{{KeyKind::operator_, 5, false, "", "", 0}, "/kind"},
                                                     {{KeyKind::merchant, 0, false, "", "", 0}, "/kind"},
                                                     {{KeyKind::partner, 0, false, "", "", 0}, "/kind"},
                                                     {{KeyKind::partner, -5, false, "", "", 0}, "/kind"},
                                                     {{KeyKind::operator_, 0, false, "write", "", 0}, "/scopes"},
                                                     {{KeyKind::operator_, 0, false, "", std::string(121, 'a'), 0}, "/label"},
                                                     {{KeyKind::operator_, 0, false, "", "a\nb", 0}, "/label"},
                                                     {{KeyKind::operator_, 0, false, "", "\xff", 0}, "/label"},
                                                     {{KeyKind::operator_, 0, false, "", "", past}, "/expires_at"}}) {
        BOOST_TEST_CONTEXT(field) {
            made.write([&, w = wanted, f = field](storage::Tx& tx) {
                auto const refused = create_key(tx, made.ring, made.mint, w, made.clock.now_us());
                BOOST_TEST_REQUIRE(refused.has_error());
                BOOST_TEST(refused.error().field == f);
                return true;
            });
        }
    }
    BOOST_TEST(made.list().empty());
    BOOST_TEST(made.ring.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_database_never_has_the_secret) {
    Made made;
    auto const issued = made.create({KeyKind::partner, 7, true, "read", "mine", 0});
    BOOST_TEST(issued.secret.starts_with("pd_pt_test_"));
    BOOST_TEST(looks_like_key(issued.secret));
    made.storage->read([&](storage::Tx& tx) {
        BOOST_TEST(tx.value<std::string>("select hash from api_key").value() == sha256_hex(issued.secret));
        BOOST_TEST(tx.value<std::string>("select label from api_key").value() == "mine");
    });
    for (auto const& file : std::filesystem::directory_iterator(made.dir)) {
        BOOST_TEST_CONTEXT(file.path().filename().string()) {
            auto* const open = std::fopen(file.path().c_str(), "rb");
            std::string bytes(std::filesystem::file_size(file), '\0');
            auto const read = std::fread(bytes.data(), 1, bytes.size(), open);
            std::fclose(open);
            BOOST_TEST(bytes.substr(0, read).find(issued.secret.substr(11)) == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_key_opens_from_its_commit_to_its_revocation) {
    Made made;
    auto const issued = made.create({KeyKind::merchant, 9, false, "", "", 0});
    auto const holder = made.ring.find(issued.secret, made.clock.now_us()).value();
    BOOST_TEST(holder.key == issued.id);
    BOOST_TEST(holder.principal == 9);
    BOOST_TEST(kind_name(holder.kind) == "merchant");
    std::string rolled_back;
    made.write([&](storage::Tx& tx) {
        rolled_back = create_key(tx, made.ring, made.mint, {KeyKind::operator_, 0, false, "", "", 0}, made.clock.now_us()).value().secret;
        return false;
    });
    BOOST_TEST(!made.opens(rolled_back));
    made.write([&](storage::Tx& tx) {
        BOOST_TEST(revoke_key(tx, made.ring, issued.id, made.clock.now_us(), 8).has_error());  // another one's
        BOOST_TEST(revoke_key(tx, made.ring, 12345, made.clock.now_us()).has_error());
        return true;
    });
    BOOST_TEST(made.opens(issued.secret));
    for (int again = 0; again < 2; ++again) {
        made.write([&](storage::Tx& tx) { return revoke_key(tx, made.ring, issued.id, made.clock.now_us(), 9).has_value(); });
        BOOST_TEST(!made.opens(issued.secret));
    }
    BOOST_TEST(made.list().at(0).revoked_at_us == made.clock.now_us());
}

BOOST_AUTO_TEST_CASE(a_ring_is_loaded_without_what_was_revoked) {
    Made made;
    auto const kept = made.create({KeyKind::operator_, 0, false, "", "", 0}),
               revoked = made.create({KeyKind::operator_, 0, false, "", "", 0}),
               expiring = made.create({KeyKind::partner, 4, false, "", "", made.clock.now_us() + hour_us});
    made.write([&](storage::Tx& tx) { return revoke_key(tx, made.ring, revoked.id, made.clock.now_us()).has_value(); });
    KeyRing fresh;
    fresh.load(*made.storage);
    BOOST_TEST(fresh.size() == 2u);
    BOOST_TEST(fresh.find(kept.secret, made.clock.now_us()).has_value());
    BOOST_TEST(!fresh.find(revoked.secret, made.clock.now_us()).has_value());
    BOOST_TEST(fresh.find(expiring.secret, made.clock.now_us()).has_value());
    BOOST_TEST(!fresh.find(expiring.secret, made.clock.now_us() + hour_us).has_value());
    fresh.load(*made.storage);
    BOOST_TEST(fresh.size() == 2u);
}

BOOST_AUTO_TEST_CASE(loading_again_and_again_loses_no_key_that_is_made_meanwhile) {
    Made made;
    std::atomic<bool> stop{false};
    std::thread loader([&] {
        while (!stop) made.ring.load(*made.storage);
    });
    int lost = 0;
    for (int i = 0; i < 200; ++i) {
        auto const issued = made.create({KeyKind::operator_, 0, false, "", "", 0});
        lost += made.opens(issued.secret) ? 0 : 1;
        if (i % 2 == 0) continue;
        made.write([&](storage::Tx& tx) { return revoke_key(tx, made.ring, issued.id, made.clock.now_us()).has_value(); });
        lost += made.opens(issued.secret) ? 1 : 0;
    }
    stop = true;
    loader.join();
    BOOST_TEST(lost == 0);
    BOOST_TEST(made.ring.size() == 100u);
}

BOOST_AUTO_TEST_CASE(keys_are_listed_newest_first_by_kind_and_principal) {
    Made made;
    made.create({KeyKind::operator_, 0, false, "", "first", 0});
    made.create({KeyKind::partner, 4, true, "read", "second", 0});
    made.create({KeyKind::partner, 5, false, "", "third", 0});
    BOOST_TEST(made.list().size() == 3u);
    BOOST_TEST(made.list().at(0).label == "third");
    BOOST_TEST(made.list(KeyKind::partner).size() == 2u);
    BOOST_TEST(made.list(KeyKind::partner, 4).at(0).holder.scopes == "read");
    BOOST_TEST(made.list(KeyKind::partner, 6).empty());
    BOOST_TEST(made.list(KeyKind::merchant).empty());
}

BOOST_AUTO_TEST_CASE(the_last_use_is_written_at_most_once_an_hour) {
    Made made;
    auto const issued = made.create({KeyKind::operator_, 0, false, "", "", 0});
    BOOST_TEST(made.ring.collect_used(made.clock.now_us()).empty());
    made.opens(issued.secret);
    made.ring.load(*made.storage);
    auto const first = made.ring.collect_used(made.clock.now_us());
    BOOST_TEST_REQUIRE(first.size() == 1u);
    BOOST_TEST(first[0].first == issued.id);
    made.write([&](storage::Tx& tx) {
        store_used(tx, first);
        store_used(tx, {{issued.id, first[0].second - 1}});  // never backwards
        return true;
    });
    BOOST_TEST(made.list().at(0).last_used_at_us == first[0].second);
    made.clock.advance(30 * minute_us);
    made.opens(issued.secret);
    BOOST_TEST(made.ring.collect_used(made.clock.now_us()).empty());
    made.clock.advance(30 * minute_us);
    BOOST_TEST(made.ring.collect_used(made.clock.now_us()).size() == 1u);
    BOOST_TEST(made.ring.collect_used(made.clock.now_us()).empty());
}

BOOST_AUTO_TEST_CASE(the_audit_log_is_written_with_what_it_tells_of) {
    Made made;
    auto record = [&](bool keep) {
        made.write([&](storage::Tx& tx) {
            record_audit(tx, made.mint, made.clock.now_us(), {"operator", 3}, "approve", "enrollment", 8, R"({"status":"pending"})",
                         R"({"status":"approved"})", "req_1");
            return keep;
        });
    };
    record(false);
    record(true);
    made.storage->read([&](storage::Tx& tx) {
        auto const row = tx.row<std::string, std::int64_t, std::string, std::string, std::int64_t, std::string, std::string, std::string>(
            "select actor_kind, actor, action, noun, noun_id, before_json, after_json, request_id from audit");
        BOOST_TEST_REQUIRE(row.has_value());
        BOOST_TEST(std::get<0>(*row) == "operator");
        BOOST_TEST(std::get<1>(*row) == 3);
        BOOST_TEST(std::get<4>(*row) == 8);
        BOOST_TEST(std::get<6>(*row) == R"({"status":"approved"})");
        BOOST_TEST(std::get<7>(*row) == "req_1");
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from audit").value() == 1);
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::auth
