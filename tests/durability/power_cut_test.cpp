// The power goes at random moments of a running shop. What the disk may hold then is opened as a server opens it: what was acknowledged
// is there once, nothing is half done, and nothing that was refused is there. A disk that lies about its syncs is found out.
#include <boost/test/unit_test.hpp>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <set>
#include <thread>

#include "durability/disk.hpp"
#include "durability/load.hpp"
#include "durability/recording_vfs.hpp"

using namespace partnerd;
using namespace partnerd::durability;

namespace {

constexpr int images_of_a_life = 25, lives_of_a_database = 3;
constexpr int client_threads = 6, client_steps = 60;
constexpr std::int64_t wal_soft_bytes = 1 << 20;

// 500 in `./test --all`.
int images_wanted() { return ::getenv("PARTNERD_FULL_DATA") != nullptr ? 500 : 60; }

// The same seed draws the same cuts and losses; what the threads do in between differs a little each time.
std::uint64_t seed_of_this_run() {
    auto const* const given = ::getenv("PARTNERD_SEED");
    return given != nullptr ? std::stoull(given) : std::random_device()();
}

std::filesystem::path write_folder(Files const& files, Random& random) {
    auto const parent =
        std::filesystem::is_directory("/dev/shm") ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    auto pattern = (parent / "partnerd-power-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    std::filesystem::path const folder = pattern;
    for (auto const& [name, bytes] : files) std::ofstream(folder / name, std::ios::binary) << bytes;
    // The shared index of the log is nobody's truth: it may be missing or hold anything.
    if (std::uniform_int_distribution<int>(0, 1)(random) == 0) {
        std::string noise(32768, '\0');
        std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random()); });
        std::ofstream(folder / "test.db-shm", std::ios::binary) << noise;
    }
    return folder;
}

using Rows = std::multiset<std::string>;

Rows rows_of(testing::House& house) {
    return house.read([](storage::Tx& tx) {
        Rows rows;
        for (auto const& [id] : tx.query<std::int64_t>("select id from click")) rows.insert("click " + std::to_string(id));
        for (auto const& [id] : tx.query<std::string>("select external_id from conversion")) rows.insert("sale " + id);
        for (auto const& [id] : tx.query<std::string>("select adjustment_id from adjustment")) rows.insert("refund " + id);
        return rows;
    });
}

// What a life of the database wrote, from its first byte to its end.
struct Life {
    DiskLog log;
    std::vector<Sent> sent;
    std::set<std::string> before;  // was there when it began
    std::size_t settled = 0;       // from here on the program and its links are there
    storage::StorageStatistics statistics;
    int faults = 0;
};

void trouble_the_disk(Random& random, std::atomic<bool> const& stop) {
    while (!stop.load()) {
        int const times = 1 + static_cast<int>(random() % 3);
        if (random() % 2 == 0) RecordingVfs::fail(RecordingVfs::Fault::full, static_cast<int>(random() % 40), times);
        else RecordingVfs::fail(RecordingVfs::Fault::no_sync, static_cast<int>(random() % 4), times);
        std::this_thread::sleep_for(std::chrono::milliseconds(10 + random() % 20));
    }
}

// Begins with these files, and is recorded until it has closed.
void live(Life& life, Files const& files, int number, bool faults, Random& random) {
    auto const folder = write_folder(files, random);
    RecordingVfs::start(life.log, folder);
    {
        testing::House house(folder, [](storage::StorageSettings& settings) {
            settings.vfs = RecordingVfs::name;
            settings.wal_soft_bytes = wal_soft_bytes;
        });
        house.clock.set(testing::start_us + number * hour_us);
        auto const rows = rows_of(house);
        life.before.insert(rows.begin(), rows.end());
        Load load(house, life.log, "l" + std::to_string(number));
        life.settled = life.log.now();
        std::atomic<bool> stop{false};
        Random other(random());
        std::thread trouble;
        if (faults) trouble = std::thread([&] { trouble_the_disk(other, stop); });
        load.run(client_threads, client_steps, random);
        stop.store(true);
        if (faults) trouble.join();
        RecordingVfs::heal();
        life.faults = RecordingVfs::failures();
        life.statistics = house.storage->statistics();
        load.reopen();
        house.clock.advance(minute_us);
        load.run(client_threads, client_steps, random);
        auto const more = house.storage->statistics();
        life.statistics.checkpoints += more.checkpoints;
        life.statistics.batches += more.batches;
        house.storage.reset();
        life.sent = load.take();
    }
    RecordingVfs::stop();
}

// Half of them are the moment of an answer, when it must be true; of a failed one above all.
std::vector<std::size_t> draw_cuts(Life const& life, int count, Random& random) {
    std::vector<std::size_t> answers, failures, cuts;
    for (auto const& sent : life.sent) (sent.fate == Fate::failed ? failures : answers).push_back(sent.answered);
    for (int i = 0; i < count; ++i) {
        auto const& moments = failures.empty() || i % 4 == 0 ? answers : failures;
        cuts.push_back(i % 2 == 0 ? moments.at(random() % moments.size()) : random() % (life.log.events().size() + 1));
    }
    std::sort(cuts.begin(), cuts.end());
    return cuts;
}

// Which answers about a failed disk must be true at the cut: those before the last write to the log that was synced, and all of them unless
// a sync was refused since. (What a refused sync should have written the kernel may have lost, so that a sync with nothing to write proves
// nothing.)
std::size_t certain_until(Life const& life, std::size_t cut) {
    using Kind = DiskEvent::Kind;
    auto const& events = life.log.events();
    bool refused = false, synced = false;
    for (std::size_t i = cut; i-- > 0;) {
        if (events[i].of != FileKind::log) continue;
        if (events[i].kind == Kind::sync) synced = true;
        if (events[i].kind == Kind::write && synced) return refused ? i : cut;
        if (events[i].kind == Kind::failed_sync) {
            refused = true;
            synced = false;
        }
    }
    return refused ? 0 : cut;
}

std::string wrong_row(Life const& life, Rows const& there, std::size_t cut) {
    auto const certain = certain_until(life, cut);
    std::set<std::string> known = life.before;
    for (auto const& row : life.before)
        if (!there.contains(row)) return "lost: " + row + ", of an earlier life";
    for (auto const& sent : life.sent) {
        known.insert(sent.what);
        bool const is_there = there.contains(sent.what);
        bool const is_answered = sent.answered <= cut;
        if (sent.fate == Fate::kept && is_answered && !is_there) return "lost: " + sent.what;
        if (sent.fate == Fate::failed && sent.answered <= certain && is_there)
            return "was answered as not recorded and is there: " + sent.what;
        if (sent.fate == Fate::refused && is_there) return "was refused and is there: " + sent.what;
        if (sent.sent >= cut && is_there) return "from the future: " + sent.what;
    }
    for (auto const& row : there) {
        if (there.count(row) > 1) return "twice: " + row;
        if (!known.contains(row)) return "nobody sent: " + row;
    }
    return {};
}

// Opens it as a server does; what is wrong with it, or nothing.
std::string fault_of(Life const& life, Files const& files, std::size_t cut, Random& random) try {
    testing::House house(write_folder(files, random));
    if (auto const wrong = wrong_row(life, rows_of(house), cut); !wrong.empty()) return wrong;
    auto const integrity =
        house.read([](storage::Tx& tx) { return tx.value<std::string>("select integrity_check from pragma_integrity_check").value(); });
    if (integrity != "ok") return integrity;
    if (house.count("pragma_foreign_key_check") != 0) return "a foreign key that leads nowhere";
    auto const verified = house.verify();
    if (!verified.holds()) return reports::to_text(verified);
    // It goes on from there, as a server that starts does.
    tracking::count_rest(*house.storage);
    if (!house.verifies()) return "the sums of clicks are wrong when the rest was counted";
    auto const rows = house.count("conversion");
    if (cut < life.settled) return {};
    auto const shop = house.read([](storage::Tx& tx) { return programs::find_program(tx, "shop").value(); });
    house.clock.set(testing::start_us + 1000 * hour_us);
    if (!house.convert(testing::sale(shop, "afterwards", 100, "partner-0"))) return "does not take a sale";
    return house.count("conversion") == rows + 1 ? "" : "a sale did not count";
} catch (std::exception const& error) {
    return error.what();
}

struct Image {
    std::size_t cut;
    Loss loss;
    Files files;
};

// Calls `look` with each image of a life after `count` power cuts.
void for_each_image(Life const& life, Disk::Lies lies, int count, Random& random, std::function<void(Image const&)> const& look) {
    Disk disk(lies);
    std::size_t happened = 0;
    for (auto const cut : draw_cuts(life, count, random)) {
        for (; happened < cut; ++happened) disk.happen(life.log.events()[happened], happened);
        auto const loss = draw_loss(random);
        look({cut, loss, disk.after_power_cut(loss, random)});
    }
}

struct Seeded {
    std::uint64_t const seed = seed_of_this_run();
    Random random{seed};
};

// In a process of its own: books that a lying disk broke may end it at one of its invariants, which finds them out too.
bool is_found_out(Life const& life, Image const& image, Random& random) {
    auto const child = ::fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(2);
        ::_exit(fault_of(life, image.files, image.cut, random).empty() ? 0 : 1);
    }
    int status = 0;
    BOOST_REQUIRE(child > 0 && ::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(!WIFEXITED(status) || WEXITSTATUS(status) < 2);
    return !WIFEXITED(status) || WEXITSTATUS(status) == 1;
}

int images_found_out(Life const& life, Disk::Lies lies, int count, Random& random) {
    int found = 0;
    for_each_image(life, lies, count, random, [&](Image const& image) { found += is_found_out(life, image, random) ? 1 : 0; });
    return found;
}

// Lives one after the other, each on what a power cut left of the one before.
void check_lives(int images, bool faults, Seeded& seeded) {
    Files files;
    int checked = 0;
    for (int number = 0; checked < images; ++number) {
        if (number % lives_of_a_database == 0) files.clear();
        Life life;
        live(life, files, number, faults, seeded.random);
        BOOST_TEST_MESSAGE("seed " << seeded.seed << ", life " << number << ": " << life.log.events().size() << " events, "
                                   << life.sent.size() << " requests on " << life.before.size() << " rows, " << life.statistics.batches
                                   << " batches, " << life.statistics.checkpoints << " checkpoints, " << life.faults << " faults");
        BOOST_TEST(life.statistics.checkpoints > 4);
        BOOST_TEST((!faults || life.faults > 0));
        for_each_image(life, {}, std::min(images_of_a_life, images - checked), seeded.random, [&](Image const& image) {
            auto const fault = fault_of(life, image.files, image.cut, seeded.random);
            BOOST_TEST(fault == "", "PARTNERD_SEED=" << seeded.seed << ", life " << number << ", image " << checked << ", cut at "
                                                     << image.cut << " of " << life.log.events().size() << ", the disk " << image.loss
                                                     << ": " << fault);
            ++checked;
            if (image.cut >= life.settled) files = image.files;
        });
    }
    BOOST_TEST(checked == images);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_was_acknowledged_survives_the_power_cut, Seeded) { check_lives(images_wanted(), false, *this); }

BOOST_FIXTURE_TEST_CASE(so_it_does_when_the_disk_was_full_or_failed_before, Seeded) { check_lives(images_wanted() / 2, true, *this); }

BOOST_FIXTURE_TEST_CASE(a_disk_that_lies_is_found_out, Seeded) {
    Life life;
    live(life, {}, 0, false, random);
    constexpr int images = 12, attempts = 8;
    struct Case {
        char const* what;
        Disk::Lies lies;
    };
    for (auto const& [what, lies] :
         {Case{"every sync", {true, true, true}}, Case{"of the log, as synchronous=NORMAL", {false, true, false}},
          Case{"of the database, at a checkpoint", {true, false, false}}, Case{"of the folder", {false, false, true}}}) {
        int found = 0;
        for (int attempt = 0; found == 0 && attempt < attempts; ++attempt) found = images_found_out(life, lies, images, random);
        BOOST_TEST(found > 0, "PARTNERD_SEED=" << seed << ", lies about the sync " << what);
        BOOST_TEST_MESSAGE("lies about the sync " << what << ": " << found << " of " << images << " images are wrong");
    }
}
