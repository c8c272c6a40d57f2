#include "base/pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "support/no_threads.h"

using namespace argus;

TEST_CASE("every task is done once, and what it did is seen") {
  for (const std::size_t threads : {1u, 2u, 5u}) {
    Pool pool(threads);
    CHECK(pool.threads() == threads);
    for (const std::size_t tasks : {0u, 1u, 3u, 1000u}) {
      std::vector<unsigned> done(tasks, 0);
      pool.run(tasks, [&](std::size_t i) { done[i]++; });
      CHECK(done == std::vector<unsigned>(tasks, 1));
    }
  }
}

TEST_CASE("where no threads are to be had, fewer do the work") {
  for (const int made : {0, 1}) {
    const NoThreads none(made);
    Pool pool(4);
    CHECK(pool.threads() == static_cast<std::size_t>(made) + 1);
    std::atomic<unsigned> done = 0;
    pool.run(20, [&](std::size_t) { done++; });
    CHECK(done == 20);
  }
}

TEST_CASE("what is given ahead is done once it is finished, on however many threads") {
  for (const int made : {0, 1, 3}) {
    const NoThreads none(made);
    std::vector<unsigned> done(200, 0);
    std::vector<Ahead::Ticket> tickets;
    Ahead ahead(4);
    for (unsigned& one : done) tickets.push_back(ahead.give([&one] { one++; }));
    for (std::size_t i = 0; i < done.size(); i++) {
      ahead.finish(tickets[i]);
      CHECK(done[i] == 1);
      ahead.finish(tickets[i]);
      CHECK(done[i] == 1);
    }
  }
}

TEST_CASE("what is given ahead and never finished is done once or not at all") {
  std::atomic<unsigned> done = 0;
  {
    Ahead ahead(3);
    for (int i = 0; i < 100; i++) (void)ahead.give([&] { done++; });
  }
  CHECK(done <= 100);
}

TEST_CASE("there are no more threads than a pool may have") {
  CHECK(usable_cores() >= 1);
  CHECK(usable_cores() <= kThreadsMost);
  CHECK(Pool(0).threads() == 1);
}

TEST_CASE("a guarded value is used by one thread at a time") {
  Guarded<std::size_t> sum(0u);
  Pool pool(4);
  pool.run(8, [&](std::size_t) {
    for (int i = 0; i < 1000; i++) sum.use([](std::size_t& value) { value++; });
  });
  CHECK(sum.use([](std::size_t value) { return value; }) == 8000);
}

TEST_CASE("whoever waits for a value goes on once it is as it must be") {
  Guarded<std::size_t> turn(0u);
  std::vector<std::size_t> order;
  Pool pool(3);
  // Tasks are taken in their order, so that whose turn it is has begun.
  pool.run(30, [&](std::size_t i) {
    turn.use_when([i](std::size_t at) { return at == i; },
                  [&](std::size_t& at) {
                    order.push_back(i);
                    at++;
                  });
  });
  REQUIRE(order.size() == 30);
  for (std::size_t i = 0; i < order.size(); i++) CHECK(order[i] == i);
}
