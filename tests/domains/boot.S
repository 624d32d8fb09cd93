/* SPDX-License-Identifier: MIT */
/*
 * First instructions of the test domain: from the boot loader's real mode to main() in 64-bit
 * mode, with the first 4 GiB of guest-physical addresses mapped one to one, and the way in and out
 * of interrupt handlers.  What is done then is main.c's; what an interrupt means is cpu.c's.
 *
 * The image is a bzImage (Linux/x86 boot protocol 2.02), because that is what `kernel=` of an HVM
 * guest loads on Xen: QEMU's loader there gives multiboot images a ROM that waits for a fw_cfg DMA
 * Xen's machine does not have.  1 KiB of set-up code, loaded below 1 MiB, then all else at 1 MiB;
 * link.lds places the set-up code just below 1 MiB, so that the file is one piece.
 */
#define CODE64	 0x08
#define CODE32	 0x10
#define DATA32	 0x18
#define PAGE_RW	 0x003			/* present, writable */
#define PAGE_2M	 0x083			/* and 2 MiB large */
#define PAGE_UC	 0x018			/* write-through, cache disable: uncached */
#define MMIO_PD_INDEX 1536		/* 3 GiB / 2 MiB: from here on devices */

/* The loader sets ds to the segment of setup_start and jumps to 0x200 bytes behind it. */
	.section .setup, "ax"
	.code16
setup_start:
	.org	0x1f1
	.byte	1			/* setup_sects: one beside the first */
	.word	0			/* root_flags */
	.long	0			/* syssize */
	.word	0			/* ram_size */
	.word	0xffff			/* vid_mode: as it is */
	.word	0			/* root_dev */
	.word	0xaa55			/* boot_flag */
	.byte	0xeb, setup_go - . - 1	/* a jump of two bytes */
	.ascii	"HdrS"
	.word	0x0202			/* version */
	.long	0			/* realmode_swtch */
	.word	0			/* start_sys_seg */
	.word	0			/* kernel_version */
	.byte	0			/* type_of_loader */
	.byte	1			/* loadflags: the rest is at 1 MiB */
	.word	0			/* setup_move_size */
	.long	0x100000		/* code32_start */
	.long	0			/* ramdisk_image */
	.long	0			/* ramdisk_size */
	.long	0			/* bootsect_kludge */
	.word	0			/* heap_end_ptr */
	.word	0			/* ext_loader */
setup_cmdline:
	.long	0			/* cmd_line_ptr: the loader's */
	.org	0x270			/* loaders write to fields of later protocols, too */

setup_go:
	cli
	cld
	movl	$0x4000000, %edi	/* end of RAM, should the firmware not say: 64 MiB */
	movw	$0xe801, %ax		/* bx: 64 KiB pieces beyond 16 MiB */
	int	$0x15
	jc	1f
	testw	%bx, %bx
	jz	1f
	movzwl	%bx, %edi
	shll	$16, %edi
	addl	$0x1000000, %edi
1:	cli
	movl	setup_cmdline - setup_start, %esi
	lgdtl	setup_gdt_pointer - setup_start
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	.byte	0x66, 0xea		/* far jump, 32-bit offset */
	.long	start
	.word	CODE32
setup_gdt_pointer:
	.word	boot_gdt_end - boot_gdt - 1
	.long	boot_gdt
	.org	0x400

	.section .head, "ax"
	.code32
	.globl	start
start:
	movl	$DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$boot_stack_end, %esp
	movl	%esi, %ebx		/* command line */
	movl	%edi, %ebp		/* end of RAM */

	movl	$image_data_end, %edi	/* bss */
	movl	$image_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep stosb

	movl	$boot_pdpt + PAGE_RW, boot_pml4
	movl	$boot_pd + PAGE_RW, boot_pdpt
	movl	$boot_pd + 0x1000 + PAGE_RW, boot_pdpt + 8
	movl	$boot_pd + 0x2000 + PAGE_RW, boot_pdpt + 16
	movl	$boot_pd + 0x3000 + PAGE_RW, boot_pdpt + 24
	xorl	%ecx, %ecx
1:	movl	%ecx, %eax
	shll	$21, %eax
	orl	$PAGE_2M, %eax
	cmpl	$MMIO_PD_INDEX, %ecx
	jb	2f
	orl	$PAGE_UC, %eax
2:	movl	%eax, boot_pd(,%ecx,8)
	incl	%ecx
	cmpl	$2048, %ecx
	jb	1b

	movl	%cr4, %eax
	orl	$0x620, %eax		/* PAE, OSFXSR, OSXMMEXCPT */
	movl	%eax, %cr4
	movl	$boot_pml4, %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx	/* EFER: long mode */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	%cr0, %eax
	andl	$~0x4, %eax		/* no EM */
	orl	$0x80000003, %eax	/* PG, MP, PE */
	movl	%eax, %cr0
	ljmp	$CODE64, $start64

	.code64
start64:
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$boot_stack_end, %esp
	movl	%ebx, %edi
	movl	%ebp, %esi
	call	main
3:	cli
	hlt
	jmp	3b

/*
 * Entry n of trap_stubs serves vector n: 16 bytes each, the same frame for all (cpu.h).
 * Vectors 8, 10-14, 17, 21, 29 and 30 come with an error code of the processor's.
 */
	.text
	.globl	trap_stubs
	.balign	16
trap_stubs:
	.set	vector, 0
	.rept	64
	.balign	16
	.if	!((vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30))
	pushq	$0
	.endif
	pushq	$vector
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	cld
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	movq	%rsp, %rdi
	movq	%rsp, %rbp
	andq	$~15, %rsp
	call	trap_handle
	movq	%rbp, %rsp
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq

	.data
	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00209a0000000000	/* 64-bit code */
	.quad	0x00cf9a000000ffff	/* 32-bit code, flat */
	.quad	0x00cf92000000ffff	/* data, flat */
boot_gdt_end:

	.bss
	.balign	4096
boot_pml4:
	.skip	4096
boot_pdpt:
	.skip	4096
boot_pd:
	.skip	4 * 4096
	.skip	32768
boot_stack_end:

	.section .note.GNU-stack, "", @progbits
