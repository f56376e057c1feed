#include "auth/ticket_store.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

Identity someone(const std::string& user) {
    Identity identity;
    identity.user = user;
    return identity;
}

TEST(TicketStore, ATicketIsGoodOnceAndForATime) {
    TicketStore store({30s, 100});
    const std::string ticket = store.issue(someone("alice"), 10s);
    EXPECT_EQ(ticket.size(), 26u);
    EXPECT_TRUE(TicketStore::has_form(ticket));
    EXPECT_EQ(store.redeem(ticket, 40s - 1ns)->user, "alice");
    EXPECT_FALSE(store.redeem(ticket, 40s - 1ns));
    EXPECT_EQ(store.size(), 0u);
    const std::string late = store.issue(someone("alice"), 50s);
    EXPECT_FALSE(store.redeem(late, 80s));
    EXPECT_EQ(store.size(), 0u);
}

TEST(TicketStore, OthersAreUnknown) {
    TicketStore store({30s, 100});
    const std::string ticket = store.issue(someone("alice"), 0s);
    std::string other = ticket;
    other.back() = other.back() == 'A' ? 'Q' : 'A';
    EXPECT_FALSE(store.redeem(other, 1s));
    EXPECT_FALSE(store.redeem("", 1s));
    EXPECT_FALSE(store.redeem(ticket + "A", 1s));
    EXPECT_FALSE(TicketStore::has_form("tkt_short"));
    EXPECT_TRUE(store.redeem(ticket, 1s));
}

TEST(TicketStore, IsBoundedAndDropsTheOldest) {
    TicketStore store({30s, 3});
    std::vector<std::string> tickets;
    std::set<std::string> distinct;
    for (int i = 0; i < 5; ++i) {
        tickets.push_back(store.issue(someone(std::to_string(i)), Nanos(i)));
        distinct.insert(tickets.back());
        EXPECT_LE(store.size(), 3u);
    }
    EXPECT_EQ(distinct.size(), 5u);
    EXPECT_FALSE(store.redeem(tickets[0], 1s));
    EXPECT_FALSE(store.redeem(tickets[1], 1s));
    EXPECT_EQ(store.redeem(tickets[2], 1s)->user, "2");
    EXPECT_EQ(store.redeem(tickets[4], 1s)->user, "4");
    EXPECT_EQ(store.redeem(tickets[3], 1s)->user, "3");
    for (int i = 0; i < 1000; ++i) {  // issued and redeemed at once, nothing piles up
        EXPECT_TRUE(store.redeem(store.issue(someone("x"), 2s), 2s));
    }
    EXPECT_EQ(store.size(), 0u);
}

TEST(TicketStore, OneUserCannotPushOutOthers) {
    TicketStore store({30s, 100, 3});
    const std::string bobs = store.issue(someone("bob"), 0s);
    const std::string first = store.issue(someone("alice"), 0s);
    std::string last;
    for (int i = 0; i < 1000; ++i) {
        last = store.issue(someone("alice"), 0s);
    }
    EXPECT_EQ(store.size(), 4U);
    EXPECT_FALSE(store.redeem(first, 1s));
    EXPECT_EQ(store.redeem(last, 1s)->user, "alice");
    EXPECT_EQ(store.redeem(bobs, 1s)->user, "bob");
}

}  // namespace
}  // namespace tickstock
