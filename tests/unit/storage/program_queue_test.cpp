#include "storage/program_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>

namespace partnerd::storage {
namespace {

class Waiting : public Unit {
  public:
    explicit Waiting(std::int64_t program) : program_(program) {}
    bool run(Tx&) override { return true; }
    void done(UnitResult const&) noexcept override {}
    std::int64_t program() const override { return program_; }

  private:
    std::int64_t program_;
};

struct Fixture {
    ProgramQueue queue{100};
    std::vector<std::unique_ptr<Waiting>> units;

    Unit* push(std::int64_t program) {
        units.push_back(std::make_unique<Waiting>(program));
        BOOST_REQUIRE(queue.push(*units.back()));
        return units.back().get();
    }
};

using List = std::vector<Unit*>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(program_queue, Fixture)

BOOST_AUTO_TEST_CASE(units_of_no_program_are_taken_one_by_one_in_their_order) {
    auto *a = push(0), *b = push(0);
    BOOST_TEST((queue.take(64) == List{a}));
    BOOST_TEST((queue.take(64) == List{b}));
    BOOST_TEST(queue.size() == 0U);
}

BOOST_AUTO_TEST_CASE(units_of_programs_are_taken_together_those_of_one_side_by_side) {
    auto *a = push(1), *b = push(2), *c = push(1), *d = push(3);
    BOOST_TEST((queue.take(64) == List{a, c, b, d}));
}

BOOST_AUTO_TEST_CASE(no_more_are_taken_than_were_asked_for_and_the_rest_waits_for_the_end_of_the_batch) {
    auto *a = push(1), *b = push(1), *c = push(1), *d = push(2);
    BOOST_TEST((queue.take(2) == List{a, b}));
    BOOST_TEST((queue.take(64) == List{d}));
    queue.finished({1});
    BOOST_TEST((queue.take(64) == List{c}));
}

BOOST_AUTO_TEST_CASE(a_program_that_a_writer_has_is_given_to_no_other) {
    push(1);
    queue.take(64);
    auto* late = push(1);
    auto* other = push(2);
    BOOST_TEST((queue.take(64) == List{other}));
    queue.finished({2});
    auto waiting = std::async(std::launch::async, [&] { return queue.take(64); });
    BOOST_TEST((waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout));
    queue.finished({1});
    BOOST_TEST((waiting.get() == List{late}));
}

BOOST_AUTO_TEST_CASE(while_few_wait_two_batches_run_at_a_time_and_a_unit_of_no_program_passes) {
    push(1);
    queue.take(64);
    push(2);
    queue.take(64);
    auto* third = push(3);
    auto waiting = std::async(std::launch::async, [&] { return queue.take(64); });
    BOOST_TEST((waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout));
    auto* alone = push(0);
    BOOST_TEST((waiting.get() == List{alone}));
    queue.finished({2});
    BOOST_TEST((queue.take(64) == List{third}));
}

BOOST_AUTO_TEST_CASE(when_many_wait_more_writers_help) {
    push(1);
    queue.take(64);
    push(2);
    queue.take(64);
    for (int i = 0; i < 64; ++i) push(10 + i);
    BOOST_TEST(queue.take(16).size() == 16U);
}

BOOST_AUTO_TEST_CASE(units_that_are_given_back_are_the_first_of_their_program) {
    auto *a = push(1), *b = push(2), *c = push(2);
    BOOST_TEST((queue.take(64) == List{a, b, c}));
    auto* d = push(2);
    queue.give_back({b, c});
    queue.finished({1});
    BOOST_TEST(queue.size() == 3U);
    BOOST_TEST((queue.take(64) == List{b, c, d}));
}

BOOST_AUTO_TEST_CASE(full_and_closed_it_takes_nothing_in_and_hands_out_what_it_has) {
    ProgramQueue small(1);
    Waiting first(1), second(2);
    BOOST_TEST(small.push(first));
    BOOST_TEST(!small.push(second));
    small.close();
    BOOST_TEST((small.take(64) == List{&first}));
    small.finished({1});
    BOOST_TEST(!small.push(second));
    BOOST_TEST(small.take(64).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
