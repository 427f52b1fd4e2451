# One file, no recursion. `make help` lists the targets.
BUILD ?= debug
CC ?= gcc
OUT := build/$(BUILD)
DAEMONS := ingestd evald tradectl apid

PKGS := libpq libcurl libcjson libevent libevent_openssl uuid libcrypto libssl
# libwslay and cmocka ship no .pc file that Debian installs; they are named where they are linked.
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARN := -Wall -Wextra -Werror -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wmissing-declarations -Wold-style-definition -Wpointer-arith -Wcast-qual \
	-Wcast-align -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -Wnull-dereference \
	-Wdouble-promotion -Wfloat-equal -Wredundant-decls -Wnested-externs -Wdate-time
ifneq (,$(findstring clang,$(CC)))
# AUTO and TAKE are GNU C; clang reports them only under -pedantic, which we do not use.
WARN += -Wno-gnu-statement-expression
else
WARN += -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init \
	-Wformat-signedness -Warith-conversion -Wshift-overflow=2 -Wtrampolines
# Part of -Wall; it fires where cutting is meant.
WARN += -Wno-format-truncation
endif

HARDEN := -fstack-protector-strong -fstack-clash-protection -fno-common -fno-strict-overflow \
	-fno-strict-aliasing -fno-delete-null-pointer-checks -fPIE
FLAGS_debug := -O1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
FLAGS_clang := $(FLAGS_debug)
FLAGS_release := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -ftrivial-auto-var-init=zero
FLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_fuzz := $(FLAGS_asan)
# For the crash matrix: with the named places of common/sys/failpoint.h, which no other build has.
# The live gate's test: the name localhost is the live host.
FLAGS_live := $(FLAGS_debug) -DHYBRIDHUB_LIVE_HOST='"localhost"'
FLAGS_fp := $(FLAGS_asan) -DHYBRIDHUB_FAILPOINTS

CPPFLAGS += -I. -D_GNU_SOURCE
CFLAGS += -std=gnu17 -g $(FLAGS_$(BUILD)) $(HARDEN) $(WARN) $(PKG_CFLAGS)
LDFLAGS += -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(filter -fsanitize%,$(FLAGS_$(BUILD)))
LDLIBS += $(PKG_LIBS) -lwslay -lpthread

src = $(sort $(wildcard $(1)/*.c))
obj = $(patsubst %.c,$(OUT)/%.o,$(1))
COMMON_OBJ := $(call obj,$(call src,common/*))
UNIT_SRC := $(sort $(wildcard test/unit/*/test_*.c))
UNIT_BIN := $(patsubst %.c,$(OUT)/%,$(UNIT_SRC))
BIN_DIR := $(if $(filter debug release,$(BUILD)),build/bin,$(OUT)/bin)
BINS := $(addprefix $(BIN_DIR)/,$(DAEMONS))

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all unit asan check install clean help

all: $(foreach d,$(DAEMONS),$(if $(wildcard $(d)/main.c),$(BIN_DIR)/$(d))) ## build the four daemons into build/bin

-include $(wildcard test/*.mk deploy/*.mk)

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# Files that are compiled in: apid/web/index.html becomes asset_apid_web_index_html[] and _size.
$(OUT)/asset/%.o: %
	@mkdir -p $(@D)
	@sh common/sys/asset.sh $< > $(OUT)/asset/$*.S
	$(CC) -c $(OUT)/asset/$*.S -o $@

# The schema that this release is built with: the number of the last file in sql/.
SCHEMA_STEPS := $(sort $(wildcard sql/[0-9][0-9][0-9]_*.sql))
$(OUT)/common/trading/schema.o: CPPFLAGS += -DSCHEMA_VERSION=$(words $(SCHEMA_STEPS))
$(OUT)/common/trading/schema.o: $(SCHEMA_STEPS)

$(OUT)/libcommon.a: $(COMMON_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

define daemon_rule
CORE_$(1) := $$(call obj,$$(filter-out $(1)/main.c,$$(call src,$(1))))
ASSET_$(1) := $$(patsubst %,$$(OUT)/asset/%.o,$$(ASSETS_$(1)))
$$(OUT)/lib$(1).a: $$(CORE_$(1)) $$(ASSET_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(AR) rcs $$@ $$^
$$(BIN_DIR)/$(1): $$(OUT)/$(1)/main.o $$(OUT)/lib$(1).a $$(OUT)/libcommon.a
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) $$^ $$(LDLIBS) -o $$@
endef
ASSETS_ingestd := ingestd/fixture.json
ASSETS_apid := $(wildcard apid/web/*.html apid/web/*.js apid/web/*.css apid/web/*.json apid/web/vendor/*.js)
ASSETS_tradectl := $(wildcard tradectl/verify/*.sql)
$(foreach d,$(DAEMONS),$(eval $(call daemon_rule,$(d))))

# A unit test links the library and the one room that it tests (test/unit/<room>/test_<noun>.c).
room = $(filter $(DAEMONS),$(notdir $(patsubst %/,%,$(dir $(1)))))
define unit_rule
$(2): $(2).o $(foreach r,$(call room,$(1)),$(OUT)/lib$(r).a) $(OUT)/libcommon.a
	$$(CC) $$(LDFLAGS) $$^ $$(LDLIBS) -lcmocka -o $$@
endef
$(foreach s,$(UNIT_SRC),$(eval $(call unit_rule,$(s),$(patsubst %.c,$(OUT)/%,$(s)))))

unit: $(UNIT_BIN) ## build the unit tests and run them
	@sh test/run-unit.sh $(UNIT_BIN)

asan: ## the daemons and unit tests with address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory BUILD=asan all unit

check: all ## layers, formatting, shell scripts
	@test/suite.d/10-layers

PREFIX ?= /usr
install: all ## install daemons, migrations, units and docs (PREFIX=/usr, DESTDIR=)
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)/lib/systemd/system $(DESTDIR)/usr/lib/sysusers.d \
		$(DESTDIR)$(PREFIX)/share/hybridhub $(DESTDIR)$(PREFIX)/share/doc/hybridhub
	for d in $(DAEMONS); do install -m 755 build/bin/$$d $(DESTDIR)$(PREFIX)/sbin/hybridhub-$$d; done
	cp -R sql $(DESTDIR)$(PREFIX)/share/hybridhub/
	install -m 644 deploy/systemd/*.service deploy/systemd/*.socket $(DESTDIR)/lib/systemd/system/
	install -m 644 deploy/systemd/hybridhub.sysusers $(DESTDIR)/usr/lib/sysusers.d/hybridhub.conf
	ln -sf hybridhub-tradectl $(DESTDIR)$(PREFIX)/sbin/tradectl
	install -d $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 docs/man/tradectl.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	install -m 644 deploy/supervisor/hybridhub.conf README.md docs/*.md $(DESTDIR)$(PREFIX)/share/doc/hybridhub/

# A demo or a test that was killed leaves its Postgres running, its data perhaps outside (test/lib/pg-cluster).
clean: ## remove build/, and end what a killed demo or test left running
	@for env in $(sort $(wildcard build/*/env build/*/pg/env)); do \
		test/lib/pg-cluster stop $${env%/env} && (. ./$$env && rm -rf "$$PGDATA_DIR") || :; \
	done
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
