#!/bin/sh
# asset.sh FILE: assembler text that puts FILE's bytes into asset_<path>[] with asset_<path>_size behind them.
set -eu
name=asset_$(printf '%s' "$1" | tr -c 'A-Za-z0-9' _)
cat <<EOF
	.section .rodata
	.global $name
	.global ${name}_size
$name:	.incbin "$1"
1:	.byte 0
	.balign 8
${name}_size: .quad 1b - $name
	.section .note.GNU-stack,"",@progbits
EOF
