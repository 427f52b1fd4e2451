# C programs of the integration tests: test/it/<room>/<noun>.c -> build/$(BUILD)/test/it/<room>/<noun>.
IT_SRC := $(sort $(wildcard test/it/*/*.c))
IT_BIN := $(patsubst %.c,$(OUT)/%,$(IT_SRC))
.PHONY: it-programs

it-programs: $(IT_BIN) ## build the C programs of the integration tests

$(IT_BIN): %: %.o $(OUT)/libcommon.a
	$(CC) $(LDFLAGS) $^ $(LDLIBS) -lcmocka -o $@
