// The disk of the power cuts: what it promised is there, what it did not may be anything in between.
#include <boost/test/unit_test.hpp>

#include <set>

#include "durability/disk.hpp"

namespace partnerd::durability {

BOOST_AUTO_TEST_SUITE(disk)

namespace {

using Kind = DiskEvent::Kind;
using Keeps = Loss::Keeps;

constexpr int draws = 400;

DiskEvent write(std::int64_t at, std::string bytes) { return {Kind::write, 1, FileKind::log, {}, at, std::move(bytes)}; }
DiskEvent sync(std::int64_t before) { return {Kind::sync, 1, FileKind::log, {}, before, {}}; }
DiskEvent failed_sync(std::int64_t before) { return {Kind::failed_sync, 1, FileKind::log, {}, before, {}}; }
DiskEvent found(std::string bytes) { return {Kind::found, 1, FileKind::log, "f", 0, std::move(bytes)}; }
DiskEvent truncate(std::int64_t size) { return {Kind::truncate, 1, FileKind::log, {}, size, {}}; }
DiskEvent create() { return {Kind::create, 1, FileKind::log, "f", 0, {}}; }
DiskEvent remove() { return {Kind::remove, 1, FileKind::log, "f", 0, {}}; }
DiskEvent sync_folder() { return {Kind::sync_folder, 0, FileKind::database, {}, 0, {}}; }

// Every content that the file may have; "-" when it is not there.
std::set<std::string> outcomes(std::vector<DiskEvent> const& events, std::vector<Keeps> const& keeps, bool torn = false,
                               Disk::Lies lies = {}) {
    Disk disk(lies);
    for (std::size_t i = 0; i < events.size(); ++i) disk.happen(events[i], i);
    Random random(1);
    std::set<std::string> all;
    for (auto const kept : keeps)
        for (int i = 0; i < draws; ++i) {
            auto const files = disk.after_power_cut({kept, 512, torn, false}, random);
            all.insert(files.contains("f") ? files.at("f") : "-");
        }
    return all;
}

std::vector<Keeps> const every{Keeps::nothing, Keeps::all, Keeps::a_beginning, Keeps::half, Keeps::most, Keeps::few, Keeps::any_state};
std::string const a(512, 'a'), b(512, 'b'), zero(512, '\0');

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_synced_is_there_whatever_is_lost) {
    BOOST_TEST((outcomes({found(a), write(0, b), sync(2)}, every, true) == std::set{b}));
    BOOST_TEST((outcomes({found(a), write(512, b), sync(2), truncate(512), sync(4)}, every, true) == std::set{a}));
    BOOST_TEST((outcomes({create(), write(0, a), sync(2), sync_folder()}, every) == std::set{a}));
    BOOST_TEST((outcomes({found(a), remove(), sync_folder()}, every) == std::set<std::string>{"-"}));
}

BOOST_AUTO_TEST_CASE(what_was_not_synced_is_there_or_not) {
    BOOST_TEST((outcomes({found(a), write(0, b)}, {Keeps::nothing}) == std::set{a}));
    BOOST_TEST((outcomes({found(a), write(0, b)}, {Keeps::all}) == std::set{b}));
    BOOST_TEST((outcomes({found(a), write(0, b)}, {Keeps::any_state}) == std::set{a, b}));
    BOOST_TEST((outcomes({found(a), truncate(0)}, {Keeps::any_state}) == std::set<std::string>{a, "", zero}));
    BOOST_TEST((outcomes({create(), write(0, a), sync(2)}, every) == std::set<std::string>{"-", a}));
    BOOST_TEST((outcomes({found(a), remove()}, every) == std::set<std::string>{"-", a}));
}

BOOST_AUTO_TEST_CASE(sectors_of_one_write_and_writes_of_one_file_arrive_in_any_order) {
    auto const two = outcomes({found(a + a), write(0, b + b)}, {Keeps::half});
    BOOST_TEST((two == std::set{a + a, a + b, b + a, b + b}));
    auto const in_order = outcomes({found(a + a), write(0, b), write(512, b)}, {Keeps::a_beginning});
    BOOST_TEST((in_order == std::set{a + a, b + a, b + b}));
    auto const reordered = outcomes({found(a + a), write(0, b), write(512, b)}, {Keeps::half});
    BOOST_TEST(reordered.contains(a + b));
}

BOOST_AUTO_TEST_CASE(a_torn_write_spoils_only_what_it_wrote) {
    auto const torn = outcomes({found(a), write(100, std::string(10, 'b'))}, every, true);
    BOOST_TEST(torn.size() > 2U);
    for (auto const& content : torn) {
        BOOST_TEST(content.substr(0, 100) == a.substr(0, 100));
        BOOST_TEST(content.substr(110) == a.substr(110));
    }
}

BOOST_AUTO_TEST_CASE(a_sync_that_failed_promises_nothing_and_neither_does_a_later_one_for_what_it_lost) {
    // The numbers of events below seed what the kernel forgets: among eight failures some forget and some do not.
    std::set<std::string> seen;
    std::vector<DiskEvent> events{found(a)};
    for (int i = 0; i < 8; ++i) {
        auto const number = static_cast<std::int64_t>(events.size());
        events.push_back(write(0, std::string(512, static_cast<char>('b' + i))));
        events.push_back(failed_sync(number + 1));
        auto later = events;
        later.push_back(sync(static_cast<std::int64_t>(later.size())));
        auto const there = outcomes(later, every);
        BOOST_TEST(there.size() == 1U);
        seen.insert(there.begin(), there.end());
    }
    BOOST_TEST(seen.size() > 2U);
    BOOST_TEST(seen.size() < 8U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_lies_loses_what_it_said_was_there) {
    BOOST_TEST((outcomes({found(a), write(0, b), sync(2)}, {Keeps::any_state}, false, {false, true, false}) == std::set{a, b}));
    BOOST_TEST((outcomes({found(a), write(0, b), sync(2)}, {Keeps::any_state}, false, {true, false, true}) == std::set{b}));
    BOOST_TEST((outcomes({create(), sync_folder()}, {Keeps::any_state}, false, {false, false, true}) == std::set<std::string>{"-", ""}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::durability
