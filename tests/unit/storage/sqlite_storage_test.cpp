// The hazards of SQLite that design.md lists under Storage, beside those of a failing disk.
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <random>
#include <thread>

#include "unit/storage/sqlite_fixture.hpp"

namespace partnerd::storage {
namespace {

bool insert(Tx& tx, std::int64_t id) { return tx.exec("insert into item (id) values (:id)", {arg("id", id)}), true; }

template <class Work>
Failure failure_of(Work work) {
    try {
        work();
    } catch (Failure const& failure) {
        return failure;
    }
    return Failure(Failure::Category::none, "");
}

bool has(Failure const& failure, std::string const& part) { return std::string(failure.what()).find(part) != std::string::npos; }

// A child that opens the database itself; the parent has none open at that moment.
template <class Work>
pid_t child(Work work) {
    auto const pid = ::fork();
    if (pid != 0) return pid;
    try {
        work();
    } catch (std::exception const& error) {
        auto const text = std::string(error.what()) + "\n";
        [[maybe_unused]] auto const size = ::write(STDERR_FILENO, text.data(), text.size());
        ::_exit(3);
    }
    ::_exit(0);
}

int end_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_storage, SqliteFixture)

BOOST_AUTO_TEST_CASE(an_undrained_select_does_not_make_the_next_read_see_old_data) {
    settings.readers = 1;
    open();
    storage->write([](Tx& tx) { return insert(tx, 1) && insert(tx, 2); });
    std::array const types{ColumnType::i64};
    for (int round = 3; round < 10; ++round) {
        std::int64_t seen = 0;
        auto const read = [&](Tx& tx) {
            auto& left_in_the_middle = tx.prepare("select id from item order by id desc", types);
            BOOST_TEST_REQUIRE(left_in_the_middle.step());
            seen = left_in_the_middle.column(0).i64;
        };
        storage->read(read);
        storage->write([&](Tx& tx) { return insert(tx, round); });
        BOOST_CHECK_THROW(storage->read([&](Tx& tx) {
            read(tx);
            throw std::logic_error("left in the middle by an exception");
        }),
                          std::logic_error);
        BOOST_TEST(seen == round);
    }
}

BOOST_AUTO_TEST_CASE(a_busy_statement_is_seen_and_given_back) {
    open();
    std::array const types{ColumnType::i64};
    storage->write([&](Tx& tx) {
        auto& select = tx.prepare("select 1 union all select 2", types);
        auto& returning = tx.prepare("insert into item (id) values (1), (2) returning id", types);
        BOOST_TEST(select.step());
        BOOST_TEST(returning.step());
        return true;  // both are in the middle: COMMIT would be refused, and the writer asserts that none is busy
    });
    BOOST_TEST(ids().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_select_past_its_deadline_is_interrupted_and_the_reader_goes_on) {
    settings.readers = 1;
    settings.read_budget_ms = 300;
    open();
    constexpr auto endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
    for (int round = 0; round < 2; ++round) {
        auto const failure = failure_of([&] { storage->read([&](Tx& tx) { tx.value<std::int64_t>(endless); }); });
        BOOST_TEST((failure.category == Failure::Category::timeout));
        BOOST_TEST(ids().empty());
    }
}

BOOST_AUTO_TEST_CASE(a_write_is_not_interrupted_but_its_next_call_is_refused) {
    settings.write_budget_ms = 1;
    open();
    constexpr auto slow =
        "insert into item (id) with recursive n(i) as (select 1 union all select i + 1 from n limit 200000) select i from n";
    std::int64_t affected = 0;
    auto const failure = failure_of([&] {
        storage->write([&](Tx& tx) {
            affected = tx.exec(slow);
            return insert(tx, -1);
        });
    });
    BOOST_TEST(affected == 200'000);
    BOOST_TEST((failure.category == Failure::Category::timeout));
    BOOST_TEST(has(failure, "1 ms"));
    BOOST_TEST(ids().empty());
}

BOOST_AUTO_TEST_CASE(the_log_stays_small_under_back_to_back_readers) {
    settings.wal_soft_bytes = 2 << 20;
    open();
    std::atomic<bool> stop{false};
    std::atomic<int> reads{0}, refused{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!stop) {
                try {
                    storage->read([&](Tx& tx) {
                        tx.value<std::int64_t>("select count(*) from item");
                        std::this_thread::sleep_for(std::chrono::milliseconds(2));
                    });
                    ++reads;
                } catch (Failure const&) {
                    ++refused;
                }
            }
        });
    std::string const data(100'000, 'x');
    std::uintmax_t longest = 0;
    for (int i = 0; i < 400; ++i) {
        storage->write([&](Tx& tx) {
            tx.exec("insert into item (id, data) values (:id, :data)", {arg("id", i), arg("data", data)});
            return true;
        });
        longest = std::max(longest, std::filesystem::file_size(file().string() + "-wal"));
    }
    stop = true;
    for (auto& reader : readers) reader.join();
    BOOST_TEST_MESSAGE("the log reached " << longest << " bytes of " << 400 * data.size() << " written, beside " << reads.load()
                                          << " reads");
    BOOST_TEST(longest < 16u << 20);
    BOOST_TEST(reads > 0);
    BOOST_TEST(refused == 0);
    BOOST_TEST(storage->statistics().checkpoints > 0);
}

BOOST_AUTO_TEST_CASE(a_log_that_cannot_shrink_refuses_writes_says_so_and_recovers) {
    settings.wal_soft_bytes = 200'000;
    settings.wal_hard_bytes = 1'000'000;
    open();
    storage->write([](Tx& tx) { return insert(tx, -1); });
    auto outside = settings;
    outside.read_only = true;
    auto const reader = open_storage(outside);
    std::string const data(50'000, 'x');
    bool refused = false;
    reader->read([&](Tx& tx) {
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == 1);
        for (int i = 0; i < 200 && !refused; ++i) {
            auto const failure = failure_of([&] {
                storage->write([&](Tx& writing) {
                    writing.exec("insert into item (id, data) values (:id, :data)", {arg("id", i), arg("data", data)});
                    return true;
                });
            });
            refused = failure.category == Failure::Category::state;
        }
        BOOST_TEST(refused);
        BOOST_TEST(storage->trouble().find("write-ahead log") != std::string::npos);
        BOOST_TEST(storage->statistics().wal_bytes > settings.wal_hard_bytes);
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == 1);
    });
    bool accepted = false;
    for (int i = 0; i < 2000 && !accepted; ++i) {
        accepted = failure_of([&] { storage->write([&](Tx& tx) { return insert(tx, 1'000'000); }); }).category == Failure::Category::none;
        if (!accepted) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    BOOST_TEST(accepted);
    BOOST_TEST(storage->trouble() == "");
}

BOOST_AUTO_TEST_CASE(a_second_writing_process_is_refused_and_told_who_holds_the_database) {
    open();
    auto const failure = failure_of([&] { open_storage(settings); });
    BOOST_TEST((failure.category == Failure::Category::state));
    BOOST_TEST(has(failure, "process " + std::to_string(::getpid())));
    BOOST_TEST(has(failure, "unit.db.lock"));
    auto through_a_link = settings;
    std::filesystem::create_symlink(folder, folder.string() + "-link");
    through_a_link.url = "sqlite://" + folder.string() + "-link/unit.db";
    BOOST_TEST(has(failure_of([&] { open_storage(through_a_link); }), "in use by process"));
    std::filesystem::remove(folder.string() + "-link");
    reopen();
    BOOST_TEST(storage->write([](Tx& tx) { return insert(tx, 1); }));
}

BOOST_AUTO_TEST_CASE(a_lock_ends_with_its_process) {
    int ready[2];
    BOOST_TEST_REQUIRE(::pipe(ready) == 0);
    auto const pid = child([&] {
        open();
        [[maybe_unused]] auto const size = ::write(ready[1], "x", 1);
        ::pause();
    });
    char byte = 0;
    BOOST_TEST_REQUIRE(::read(ready[0], &byte, 1) == 1);
    BOOST_TEST(has(failure_of([&] { open_storage(settings); }), "process " + std::to_string(pid)));
    ::kill(pid, SIGKILL);
    end_of(pid);
    open();
    BOOST_TEST(storage->write([](Tx& tx) { return insert(tx, 1); }));
    ::close(ready[0]);
    ::close(ready[1]);
}

BOOST_AUTO_TEST_CASE(a_read_only_storage_opens_beside_a_writer_and_sees_what_it_commits) {
    open();
    auto reading = settings;
    reading.read_only = true;
    auto const reader = open_storage(reading);
    for (int i = 1; i <= 3; ++i) {
        storage->write([&](Tx& tx) { return insert(tx, i); });
        reader->read([&](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == i); });
    }
    BOOST_TEST((failure_of([&] { reader->write([](Tx&) { return true; }); }).category == Failure::Category::state));
    BOOST_TEST((failure_of([&] { reader->read([](Tx& tx) { insert(tx, 9); }); }).category != Failure::Category::none));
    storage.reset();
    reader->read([&](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == 3); });
    open_storage(reading)->read([&](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == 3); });
}

BOOST_AUTO_TEST_CASE(what_cannot_be_opened_says_which_file_and_what_to_do) {
    auto const refused = [&](std::string const& path, bool read_only, char const* part) {
        auto other = settings;
        other.url = "sqlite://" + path;
        other.read_only = read_only;
        auto const failure = failure_of([&] { open_storage(other); });
        BOOST_TEST_CONTEXT(failure.what()) {
            BOOST_TEST((failure.category == Failure::Category::connection));
            BOOST_TEST(has(failure, path));
            BOOST_TEST(has(failure, part));
        }
    };
    refused((folder / "missing.db").string(), true, "`partnerd serve` makes it");
    refused((folder / "no/such/folder/a.db").string(), false, "directory must exist");
    std::filesystem::create_directory(folder / "folder.db");
    refused((folder / "folder.db").string(), false, "cannot open");
    std::FILE* junk = std::fopen((folder / "junk.db").c_str(), "w");
    for (int i = 0; i < 1000; ++i) std::fputs("this is no database ", junk);
    std::fclose(junk);
    refused((folder / "junk.db").string(), false, "not a database");
}

BOOST_AUTO_TEST_CASE(the_database_is_readable_for_its_owner_alone) {
    open();
    storage->write([](Tx& tx) { return insert(tx, 1); });
    for (auto const* suffix : {"", "-wal", "-shm", ".lock"}) {
        struct stat info {};
        BOOST_TEST_REQUIRE(::stat((file().string() + suffix).c_str(), &info) == 0);
        BOOST_TEST_CONTEXT(suffix) BOOST_TEST((info.st_mode & 0777) == 0600);
    }
}

BOOST_AUTO_TEST_CASE(units_that_wait_share_one_commit) {
    open();
    Together answered;
    std::vector<std::unique_ptr<TestUnit>> units;
    for (int i = 0; i < 50; ++i) units.push_back(std::make_unique<TestUnit>([i](Tx& tx) { return insert(tx, i); }, answered));
    auto const before = storage->statistics();
    run_in_one_batch(*storage, units, answered);
    auto const after = storage->statistics();
    BOOST_TEST(after.batches - before.batches == 1);
    BOOST_TEST(after.units - before.units == 51);
    BOOST_TEST(ids().size() == 50u);
}

BOOST_AUTO_TEST_CASE(a_killed_process_loses_nothing_it_had_acknowledged) {
    std::mt19937 random(20'261'121);
    std::int64_t next = 0, acknowledged_in_all = 0;
    for (int round = 0; round < 20; ++round) BOOST_TEST_CONTEXT("round " << round) {
            int answers[2];
            BOOST_TEST_REQUIRE(::pipe(answers) == 0);
            auto const pid = child([&] {
                ::close(answers[0]);
                open();
                std::vector<std::thread> clients;
                std::atomic<std::int64_t> id{next};
                for (int i = 0; i < 4; ++i)
                    clients.emplace_back([&] {
                        for (;;) {
                            std::int64_t const mine = ++id;
                            if (!storage->write([&](Tx& tx) { return insert(tx, mine); })) ::_exit(4);
                            if (::write(answers[1], &mine, sizeof mine) != sizeof mine) ::_exit(5);
                        }
                    });
                ::pause();
            });
            ::close(answers[1]);
            std::vector<std::int64_t> acknowledged;
            std::int64_t id = 0;
            auto const enough = 1 + random() % 60;
            while (acknowledged.size() < enough && ::read(answers[0], &id, sizeof id) == sizeof id) acknowledged.push_back(id);
            ::kill(pid, SIGKILL);
            while (::read(answers[0], &id, sizeof id) == sizeof id) acknowledged.push_back(id);
            ::close(answers[0]);
            BOOST_TEST(WIFSIGNALED(end_of(pid)));
            open();
            auto const found = ids();
            BOOST_TEST(std::ranges::all_of(acknowledged, [&](std::int64_t a) { return std::ranges::binary_search(found, a); }));
            BOOST_TEST(integrity() == "ok");
            next = found.empty() ? next : found.back();
            for (auto const a : acknowledged) next = std::max(next, a);
            acknowledged_in_all += static_cast<std::int64_t>(acknowledged.size());
            storage.reset();
        }
    BOOST_TEST(acknowledged_in_all >= 20);
}

BOOST_AUTO_TEST_CASE(a_unit_that_holds_the_writer_ends_the_process_and_is_named) {
    int output[2];
    BOOST_TEST_REQUIRE(::pipe(output) == 0);
    auto const pid = child([&] {
        ::dup2(output[1], STDERR_FILENO);
        std::signal(SIGABRT, SIG_DFL);
        settings.writer_hold_max_ms = 200;
        open();
        storage->write([](Tx&) {
            set_unit_label("coupons");
            ::pause();
            return true;
        });
    });
    ::close(output[1]);
    std::string text;
    char buffer[512];
    for (ssize_t size = 0; (size = ::read(output[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(size));
    ::close(output[0]);
    int const status = end_of(pid);
    BOOST_TEST(WIFSIGNALED(status));
    BOOST_TEST(WTERMSIG(status) == SIGABRT);
    BOOST_TEST(text.find("(coupons) has held the writer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(more_statements_than_the_cache_keeps_are_fine) {
    open();
    for (int round = 0; round < 2; ++round)
        storage->write([&](Tx& tx) {
            std::int64_t sum = 0;
            for (int i = 0; i < 1500; ++i) sum += tx.value<std::int64_t>("select " + std::to_string(i)).value();
            BOOST_TEST(sum == 1500 * 1499 / 2);
            return true;
        });
}

BOOST_AUTO_TEST_CASE(a_schema_that_changes_under_cached_statements_is_noticed) {
    settings.readers = 1;
    open();
    for (int i = 0; i < 5; ++i) {
        storage->write([&](Tx& tx) { return insert(tx, i); });
        BOOST_TEST(ids().size() == static_cast<std::size_t>(i) + 1);
        storage->write([&](Tx& tx) {
            tx.exec("alter table item add column extra" + std::to_string(i) + " text");
            return true;
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
